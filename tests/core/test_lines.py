"""The lines of a mail: which ones SMTP carries as they are."""

from __future__ import annotations

import pytest

from notifier.core.lines import are_wire_ready


@pytest.mark.parametrize("mail", [b"A: b\r\n\r\nHei.\r\n", b"\r\n", b"a.\r\n b\r\n"])
def test_a_mail_with_nothing_to_mend_is_ready(mail: bytes) -> None:
    assert are_wire_ready(mail)


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"a",
        b"a\n",
        b"a\r",
        b"a\rb\r\n",
        b"a\nb\r\n",
        b"a\n\r\n",
        b".\r\n",
        b"a\r\n.b\r\n",
        b"a\r\n..\r\n",
    ],
)
def test_whatever_is_to_be_mended_is_not(mail: bytes) -> None:
    assert not are_wire_ready(mail)
