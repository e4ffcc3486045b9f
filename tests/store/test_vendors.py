"""Vendors."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from notifier.core.subscription import EVERYTHING, Followed, parse_topic
from notifier.core.text import Language
from notifier.store import choices, readiness, subscribers, vendors
from notifier.store.engine import reading, writing
from notifier.store.vendors import Vendor, checked
from tests.core.lists import a_change
from tests.store.people import JUNE, MAY, join

EPJ = Vendor(id="epj", name="EPJ AS", domains=("epj.example.no", "xn--blbr-roah.example.no"))


def test_a_vendor_is_found_as_it_was_added_with_its_domains_in_one_form(database: Engine) -> None:
    written = checked(
        vendor_id="epj", name=" EPJ AS ", domains=["EPJ.example.no", "@blåbær.example.no", "epj.example.no"]
    )
    with writing(database) as connection:
        assert vendors.add(connection, written, now=MAY)
    with reading(database) as connection:
        assert vendors.find(connection, "epj") == EPJ
        assert vendors.find(connection, "other") is None


def test_adding_one_that_is_there_changes_nothing(database: Engine) -> None:
    with writing(database) as connection:
        vendors.add(connection, EPJ, now=MAY)
        assert not vendors.add(connection, Vendor(id="epj", name="Another"), now=JUNE)
        assert vendors.listing(connection) == (EPJ,)


def test_an_import_adds_the_new_and_mends_the_known(database: Engine) -> None:
    lab = Vendor(id="lab", name="Lab AS")
    with writing(database) as connection:
        vendors.add(connection, Vendor(id="epj", name="Old name"), now=MAY)
        assert vendors.put_many(connection, [lab, EPJ], now=JUNE) == 1
        assert vendors.put_many(connection, [], now=JUNE) == 0
        assert vendors.listing(connection) == (EPJ, lab)


@pytest.mark.parametrize(
    ("vendor_id", "name", "domain", "word"),
    [
        ("EPJ AS", "EPJ AS", "epj.example.no", "not a vendor's id"),
        ("epj", " ", "epj.example.no", "needs a name"),
        ("epj", "EPJ\nBcc: x", "epj.example.no", "needs a name of one line"),
        ("epj", "EPJ AS", "epj example", "not a mail domain"),
    ],
)
def test_what_cannot_be_a_vendor_is_refused_with_the_reason(
    vendor_id: str, name: str, domain: str, word: str
) -> None:
    with pytest.raises(ValueError, match=word):
        checked(vendor_id=vendor_id, name=name, domains=[domain])


def test_a_vendor_follows_what_any_of_its_contacts_does(database: Engine) -> None:
    portal, other = a_change(name="portal"), a_change(name="other")
    left_out = Followed((EVERYTHING,), (parse_topic("change:portal"),))
    with writing(database) as connection:
        vendors.add(connection, EPJ, now=MAY)
    kari, _ = (join(database, f"{name}@epj.example.no", vendor="epj") for name in ("kari", "ola"))
    with writing(database) as connection:
        for topics, follows in ((left_out, True), (Followed((parse_topic("service:preg"),)), False)):
            choices.put(
                connection, kari.id, language=Language.NB, followed=topics, cadence=None, vendor="epj", now=JUNE
            )  # fmt: skip
            (theirs,) = readiness.followed_by_vendor(connection).values()
            assert any(followed.covers(other) for followed in theirs)
            assert any(followed.covers(portal) for followed in theirs) is follows
            ola = subscribers.find(connection, "ola@epj.example.no")
            assert ola is not None
            choices.put(
                connection, ola.id, language=Language.NB, followed=left_out, cadence=None, vendor="epj", now=JUNE
            )  # fmt: skip
