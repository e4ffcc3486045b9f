"""Leaving: looking changes nothing, a press or one click ends it, and again is the same as once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from notifier.consent.leaving import Left
from notifier.core.subscription import Addressee
from tests.web.serving import Client, serving
from tests.web.sites import LINKS, site

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ONE_CLICK = b"List-Unsubscribe=One-Click"


@dataclass
class Subscribers:
    """Three people, of whom one is suspended, and every time that one of them was made to leave."""

    known: set[str] = field(default_factory=lambda: {"kari", "ola", "per"})
    left: list[str] = field(default_factory=list)

    def leave(self, addressee: Addressee) -> Left:
        if addressee.public_id not in self.known:
            return Left.UNKNOWN
        if addressee.moves:
            return Left.MOVED
        self.left.append(addressee.public_id)
        return Left.SILENTLY if addressee.public_id == "per" else Left.NOW


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Client, Subscribers]]:
    people = Subscribers()
    with serving(site(leave=people.leave)) as client:
        yield client, people


@pytest.fixture
def client(server: tuple[Client, Subscribers]) -> Client:
    server[1].left.clear()
    return server[0]


@pytest.fixture
def left(server: tuple[Client, Subscribers]) -> list[str]:
    return server[1].left


def link(public_id: str, moves: int = 0) -> str:
    return LINKS.leave(Addressee(public_id, moves)).removeprefix(LINKS.base_url)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_changes_nothing(client: Client, left: list[str], method: str) -> None:
    for _ in range(3):
        client.ask(method, link("kari"))
        client.ask(method, link("kari") + "?List-Unsubscribe=One-Click&leave=yes")
    assert left == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", "Vil du slutte å få varsler?"),
        ("nn", "Vil du slutte å få varsel?"),
        ("en", "Do you want to stop"),
    ],
)
def test_the_page_asks_in_the_reader_s_language(client: Client, language: str, words: str) -> None:
    assert words in client.get(f"{link('kari')}?lang={language}").text
    answer = client.get(link("kari"), accept_language=language)
    assert words in answer.text
    assert f'<form method="post" action="?lang={language}">' in answer.text


def test_the_button_ends_the_subscription(client: Client, left: list[str]) -> None:
    answer = client.ask("POST", link("kari") + "?lang=nn", headers=FORM, body=b"leave=yes")
    assert answer.status == 200
    assert "Varsla er avslutta" in answer.text
    assert left == ["kari"]


def test_a_last_mail_is_promised_to_nobody_who_gets_none(client: Client) -> None:
    said = [
        client.ask("POST", f"{link(each)}?lang=nb", headers=FORM, body=b"").text for each in ("kari", "per")
    ]
    assert all("Varslene er avsluttet" in text for text in said)
    assert ["Vi har sendt en siste e-post" in text for text in said] == [True, False]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", ONE_CLICK),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
        ),
    ],
)
def test_one_click_ends_it_in_either_encoding(
    client: Client, left: list[str], content_type: str, body: bytes
) -> None:
    answer = client.ask("POST", link("ola"), headers={"Content-Type": content_type}, body=body)
    assert answer.status == 200
    assert left == ["ola"]


def test_one_click_ends_it_at_the_link_of_a_mail_in_any_language(client: Client, left: list[str]) -> None:
    headers = FORM | {"Accept-Language": "de, en;q=0.8"}
    answer = client.ask("POST", link("ola") + "?lang=nn", headers=headers, body=ONE_CLICK)
    assert (answer.status, left) == (200, ["ola"])
    assert "Varsla er avslutta" in answer.text


def test_a_hundred_clicks_all_get_the_same_answer(client: Client, left: list[str]) -> None:
    answers = {client.ask("POST", link("kari"), headers=FORM, body=ONE_CLICK).body for _ in range(100)}
    assert len(answers) == 1
    assert set(left) == {"kari"}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "token",
    [
        "kari",
        link("kari")[7:-1],
        "ola" + link("kari")[11:],
        link("kari")[7:] + "x",
        "." * 200,
        "a" * 20_000,
        "%00",
        "%ff%fe",
        "%E2%80%AE",
        "..%2f..%2fetc",
        "%3Cscript%3E",
        "kari.%0d%0aSet-Cookie:x=y",
    ],
)
def test_any_altered_token_is_refused_alike(client: Client, left: list[str], method: str, token: str) -> None:
    answer = client.ask(method, f"/leave/{token}", headers=FORM, body=ONE_CLICK if method == "POST" else None)
    assert answer.status == 404
    assert "set-cookie" not in answer.headers
    assert left == []
    if token != "..%2f..%2fetc":
        assert answer.body == client.get("/leave/nobody").body


def test_someone_erased_gets_the_neutral_refusal(client: Client, left: list[str]) -> None:
    answer = client.ask("POST", link("erased"), headers=FORM, body=ONE_CLICK)
    assert answer.status == 404
    assert answer.body == client.get("/leave/nobody").body
    assert left == []


def test_one_click_in_a_mailbox_that_was_left_ends_nothing_and_is_no_error(
    client: Client, left: list[str]
) -> None:
    answer = client.ask("POST", link("kari", 1) + "?lang=en", headers=FORM, body=ONE_CLICK)
    assert (answer.status, "We no longer write to this address" in answer.text) == (200, True)
    assert left == []


def test_a_huge_body_is_refused_before_anything_happens(client: Client, left: list[str]) -> None:
    head = f"POST {link('kari')} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    announced = client.raw(f"{head}Content-Length: 70000\r\n\r\n".encode() + b"x" * 70_000)
    chunk = b"%x\r\n%s\r\n" % (35_000, b"x" * 35_000)
    chunked = client.raw(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunk * 2 + b"0\r\n\r\n")
    for answer in (announced, chunked):
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b"content-security-policy" in answer
    assert left == []


def test_pages_that_hold_a_private_link_are_kept_by_nobody(client: Client) -> None:
    for answer in (client.get(link("kari")), client.ask("POST", link("kari")), client.get("/leave/x")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert "kari" not in answer.text
