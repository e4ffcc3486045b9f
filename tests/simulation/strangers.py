"""Addresses typed into the form by anybody, and what their owners answer, if they do."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sqlalchemy import Engine, select

from notifier.consent.asking import ask
from notifier.consent.confirming import confirm, deny
from notifier.core.caps import Entrance
from notifier.core.pseudonym import Pseudonyms
from notifier.core.subscription import EVERYTHING, Addressee
from notifier.core.text import Language
from notifier.store.engine import reading
from notifier.store.tables import asks, subscribers
from tests.simulation.moments import Clock

ADDRESSES = ("kari@vendor.example.no", "eva@vendor.example.no", "nils@vendor.example.no")
PSEUDONYMS = Pseudonyms(("key",))


@dataclass(slots=True, kw_only=True)
class Strangers:
    """Those who ask, and those who were asked for."""

    engine: Engine
    random: Random
    clock: Clock

    def ask(self) -> str:
        """Somebody asks for an address, their own or not."""
        address = self.random.choice(ADDRESSES)
        ask(
            engine=self.engine,
            pseudonyms=PSEUDONYMS,
            address=address,
            language=Language.NN,
            topics=[EVERYTHING],
            entrance=Entrance.PAGE,
            client="192.0.2.1",
            now=self.clock.now(),
        )
        return f"somebody asks for {address}"

    def answer(self) -> str:
        """Somebody who was asked confirms, or says that it was not them."""
        joined = asks.join(subscribers, asks.c.subscriber_id == subscribers.c.id)
        columns = (subscribers.c.public_id, subscribers.c.moves, subscribers.c.address, asks.c.nonce)
        with reading(self.engine) as connection:
            chosen = select(*columns).select_from(joined).order_by(subscribers.c.id)
            open_asks = connection.execute(chosen).all()
        if not open_asks:
            return "nobody has anything to confirm"
        found = self.random.choice(open_asks)
        link = {"engine": self.engine, "addressee": Addressee(found.public_id, found.moves)}
        if self.random.random() < 0.7:
            confirmed = confirm(**link, nonce=found.nonce, now=self.clock.now())
            return f"{found.address} confirms: {confirmed.name.lower()}"
        deny(**link, pseudonyms=PSEUDONYMS, now=self.clock.now())
        return f"{found.address} did not ask"
