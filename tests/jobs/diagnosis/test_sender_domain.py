"""What the DNS says of the sender's domain, asked of a real name server."""

from __future__ import annotations

import pytest

from notifier.jobs.diagnosis.finding import Finding, Level
from notifier.jobs.diagnosis.sender_domain import look_at_domain
from tests.peers.name_server import NameServer

WELL = {
    "varsel.example.no": "v=spf1 include:relay.example.no -all",
    "s1._domainkey.varsel.example.no": "v=DKIM1; p=abc",
    "_dmarc.example.no": "v=DMARC1; p=reject",
}


def asked(texts: dict[str, str]) -> list[Finding]:
    with NameServer(texts) as server:
        return list(look_at_domain("varsel.example.no", server.resolver))


def test_a_domain_with_everything_is_fine_also_where_dmarc_stands_above_it() -> None:
    found = asked(WELL)
    assert [each.level for each in found] == [Level.OK] * 3
    assert "_dmarc.example.no" in found[1].seen


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ("varsel.example.no", "SPF"),
        ("s1._domainkey.varsel.example.no", "DKIM"),
        ("_dmarc.example.no", "DMARC"),
    ],
)
def test_what_is_missing_is_named_with_what_to_publish(missing: str, named: str) -> None:
    found = asked({name: text for name, text in WELL.items() if name != missing})
    (warned,) = [each for each in found if each.level is Level.WARNING]
    assert named in warned.seen
    assert "publish" in warned.advice


def test_another_text_record_is_no_spf_record() -> None:
    found = asked(WELL | {"varsel.example.no": "google-site-verification=x"})
    assert [each.level for each in found] == [Level.WARNING, Level.OK, Level.OK]


def test_a_resolver_that_does_not_answer_is_said_once() -> None:
    with NameServer({}) as server:
        gone = server.resolver
    gone.timeout = 0.2
    (found,) = look_at_domain("varsel.example.no", gone, seconds=0.5)
    assert (found.level, "no resolver answered" in found.seen) == (Level.WARNING, True)
