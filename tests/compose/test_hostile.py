"""List texts that look like code, markup or templates are words and nothing else."""

from __future__ import annotations

import pytest

from notifier.core.change import EarlierWhen, Link, Source
from notifier.core.notice import NoticeKind
from tests.compose.mails import a_notice, composed, html_of, listed, old_login, parsed, text_of
from tests.core.lists import a_deadline, a_when, same

HOSTILE = [
    "{{ 7 * 191 }}",
    "{% raw %}{{ leave_url }}",
    "{{ ''.__class__.__mro__ }}",
    "%(when)s 100 % %s %%",
    "<script>alert(1)</script>",
    "\"><img src=x onerror='x'>",
    "</p></body></html>",
    "--=_boundary",
    ".",
    "From here",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("kind", [NoticeKind.REMINDER, NoticeKind.STANDING, NoticeKind.MOVED])
def test_hostile_words_are_shown_as_they_are(words: str, kind: NoticeKind) -> None:
    deadline = a_deadline(
        title=same(words),
        earlier=(EarlierWhen(when=a_when("2026-06-01"), source=words),),
        source=Source(document=words, url="https://helsenett.example/"),
    )
    change = old_login(
        deadline,
        title=same(words),
        summary=same(words),
        affects=same(words),
        action=same(words),
        links=(Link(title=words, url="https://helsenett.example/"),),
    )
    key = "" if kind is NoticeKind.STANDING else "gammel-innlogging/end"
    mail = composed(a_notice(kind, key, old=a_when("2026-10-01")), changes=listed(change))
    assert words in " ".join(text_of(mail).split())
    html = html_of(mail)
    assert "1337" not in html + text_of(mail)
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("</html>") == 1
    assert len(list(parsed(mail).iter_parts())) == 2
