"""What people would write, and what C can do: the same mail, as many times, to the same sink.

Each in a process of its own; see `tests.bench.sending`. `python -m tests.bench.sending_others WAY COUNT HOST:PORT FILE`
prints seconds and processor seconds as JSON; FILE holds the mail.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import importlib.util
import json
import smtplib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib

SENDER = "varsel@example.no"
CONNECTIONS = 4


@dataclass(frozen=True, slots=True)
class Words:
    """What the mail says, read once."""

    subject: str
    text: str
    page: str


def _words(data: bytes) -> Words:
    read = email.message_from_bytes(data, policy=email.policy.default)
    text, page = (read.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert page is not None
    return Words(str(read["Subject"]), text.get_content(), page.get_content())


def _message(words: Words, number: int) -> EmailMessage:
    """A mail made for one recipient, as one makes it with the standard library."""
    made = EmailMessage()
    made["From"], made["To"] = SENDER, f"person{number}@leverandor.example"
    made["Subject"] = words.subject
    made.set_content(words.text)
    made.add_alternative(words.page, subtype="html")
    return made


def _django(count: int, host: str, port: int, data: bytes) -> None:
    """`send_messages` over one connection, as Django's documentation shows for many mails."""
    import django.conf
    from django.core.mail import EmailMultiAlternatives, get_connection

    django.conf.settings.configure(EMAIL_HOST=host, EMAIL_PORT=port, USE_I18N=False)
    words, mails = _words(data), []
    for number in range(count):
        to = f"person{number}@leverandor.example"
        mail = EmailMultiAlternatives(words.subject, words.text, SENDER, [to])
        mail.attach_alternative(words.page, "text/html")
        mails.append(mail)
    get_connection().send_messages(mails)


def _smtplib(count: int, host: str, port: int, data: bytes) -> None:
    """`send_message` of the standard library over one connection."""
    words = _words(data)
    with smtplib.SMTP(host, port) as server:
        for number in range(count):
            server.send_message(_message(words, number))


def _smtplib_bytes(count: int, host: str, port: int, data: bytes) -> None:
    """`sendmail` of the standard library with bytes that are there already."""
    with smtplib.SMTP(host, port) as server:
        for number in range(count):
            server.sendmail(SENDER, [f"person{number}@leverandor.example"], data)


def _aiosmtplib(count: int, host: str, port: int, data: bytes) -> None:
    """`send_message` of aiosmtplib over several connections at once."""

    words = _words(data)

    async def one(first: int) -> None:
        async with aiosmtplib.SMTP(hostname=host, port=port, start_tls=False) as client:
            for number in range(first, count, CONNECTIONS):
                await client.send_message(_message(words, number))

    async def several() -> None:
        await asyncio.gather(*(one(first) for first in range(CONNECTIONS)))

    asyncio.run(several())


WAYS: dict[str, Callable[[int, str, int, bytes], None]] = {
    "django": _django,
    "smtplib": _smtplib,
    "smtplib-bytes": _smtplib_bytes,
    "aiosmtplib": _aiosmtplib,
}

NAMES = {
    "django": "Django's send_messages",
    "smtplib": "smtplib's send_message",
    "smtplib-bytes": "smtplib's sendmail, mails that are there already",
    "aiosmtplib": "aiosmtplib's send_message, 4 connections",
}


def is_possible(way: str) -> bool:
    """Whether it can be tried here. Django is no dependency of ours: install it by hand to see it beside us."""
    return way != "django" or importlib.util.find_spec("django") is not None


def main(way: str, count: str, place: str, file: str) -> None:
    """Send them and print the figures."""
    host, _, port = place.rpartition(":")
    data = Path(file).read_bytes()
    began, busy = time.monotonic(), time.process_time()
    WAYS[way](int(count), host, int(port), data)
    figures = {"seconds": time.monotonic() - began, "processor_seconds": time.process_time() - busy}
    json.dump(figures, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:5])
