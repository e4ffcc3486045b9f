"""Somebody chooses by the page: less, the same again, other times, a pause; and what is wrong with the form."""

from __future__ import annotations

import re
from datetime import timedelta

from notifier.core.subscription import SubscriberState
from tests.acceptance.newcomers import follows, joined, known
from tests.acceptance.visiting import Visitor, everything
from tests.core.lists import oslo


def test_less_instead_of_nothing(visitor: Visitor) -> None:
    standing = joined(visitor)
    words = standing.split()
    leave = next(word for word in words if "/leave/" in word)
    choose = next(word for word in words if "/choose/" in word)
    offered = [
        re.findall('value="(service:[^"]+)"', visitor.opens(f"{leave.partition('?')[0]}/{told}").text)
        for told in ("x", "gone,par")
    ]
    services = ["service:kjernejournal", "service:fjernhjelp", "service:helseid"]
    assert offered == [services, ["service:helseid", *services[:2]]]
    for topic in ("service:helseid", "service:fjernhjelp", "change:portal"):
        visitor.presses(choose, drop=topic)
    assert (follows(visitor), known(visitor).state) == (["everything"], SubscriberState.ACTIVE)
    visitor.presses(choose, follow="some", topic=["service:helseid", "change:portal"])
    visitor.presses(choose, drop="service:helseid")
    assert follows(visitor) == ["change:portal"]
    visitor.presses(choose, drop="change:portal")
    assert known(visitor).state is SubscriberState.LEFT
    assert "/undo/" in visitor.mail().text


def test_what_was_followed_before_is_followed_again_by_one_press(visitor: Visitor) -> None:
    choose = next(word for word in joined(visitor).split() if "/choose/" in word).partition("?")[0]
    visitor.presses(choose, follow="some", topic="change:portal")
    offer = f"{choose}?again=everything&again=service:unknown&lang=nn"
    before = everything(visitor.story)
    opened = visitor.opens(offer).text
    assert "Vil du følgje alt igjen, også det som kjem seinare?" in opened
    assert "Det du vel, gjeld for adressa som fekk denne lenkja." in opened
    assert (
        "Vil du følge dette igjen, i tillegg til det du følger nå: Helseid?"
        in visitor.opens(f"{choose}?again=service:helseid").text
    )
    assert everything(visitor.story) == before
    answer = visitor.presses(offer, again="everything")
    assert (follows(visitor), "Vil du følgje alt igjen" in answer.text) == (["everything"], False)
    visitor.presses(choose, follow="some", topic=["service:helseid", "change:portal"])
    visitor.presses(choose, again="service:kjernejournal")
    assert follows(visitor) == ["service:helseid", "service:kjernejournal"]


def test_whoever_gets_less_by_a_link_is_told_so_and_can_take_it_back(visitor: Visitor) -> None:
    choose = next(word for word in joined(visitor).split() if "/choose/" in word).partition("?")[0]
    visitor.presses(choose, follow="everything", language="nb")
    visitor.story.tick(visitor.now)
    assert visitor.story.new_letters() == []
    visitor.presses(choose, follow="some", topic="service:fjernhjelp", language="nb")
    told = visitor.mail().text
    assert "Noen, trolig du selv, har bedt oss om å varsle deg om mindre enn før" in told
    visitor.presses(next(word for word in told.split() if "again=" in word), again="everything")
    assert follows(visitor) == ["everything"]


def test_whoever_chooses_to_and_fro_fills_no_mailbox_and_the_last_word_is_told(visitor: Visitor) -> None:
    choose = next(word for word in joined(visitor).split() if "/choose/" in word).partition("?")[0]
    for _ in range(5):
        visitor.presses(choose, follow="everything", language="nb")
        visitor.presses(choose, follow="some", topic="change:portal", language="nb")
        visitor.now += timedelta(minutes=1)
        visitor.story.tick(visitor.now)
    assert len(visitor.story.new_letters()) == 3
    visitor.now += timedelta(days=1)
    visitor.story.tick(visitor.now)
    (letter,) = [each for each in visitor.story.new_letters() if each.days_left() is None]
    assert "again=everything" in letter.text


def test_every_mistake_in_the_form_stands_at_its_field_and_nothing_else_is_lost(visitor: Visitor) -> None:
    choose = next(word for word in joined(visitor).split() if "/choose/" in word)
    before = known(visitor)
    answer = visitor.presses(
        f"{choose.partition('?')[0]}?lang=en", follow="some", leads="own", language="nn", pause="2026-11-01"
    )
    assert (answer.status, known(visitor)) == (422, before)
    for part, target in (("follow", "everything"), ("leads", "leads-usual"), ("pause", "pause")):
        assert f'<li><a href="#{target}">' in answer.text
        assert f'id="{target}"' in answer.text
        assert f'<p class="error" id="{part}-error">' in answer.text
        assert f'aria-describedby="{part}-error' in answer.text
    assert '<option value="nn" lang="nn" selected>' in answer.text
    assert 'value="2026-11-01"' in answer.text
    answer = visitor.presses(
        choose, follow="some", topic="service:helseid", leads="own", lead="7d", pause="soon"
    )
    assert 'id="service-helseid" name="topic" value="service:helseid" checked' in answer.text
    assert 'value="7d" checked' in answer.text
    assert 'id="leads-error"' not in answer.text
    assert known(visitor) == before


def test_a_pause_holds_everything_back_and_ends_with_where_they_stand(visitor: Visitor) -> None:
    standing = joined(visitor)
    choose = next(word for word in standing.split() if "/choose/" in word)
    answer = visitor.presses(choose, follow="everything", leads="usual", language="nb", pause="2026-11-26")
    assert 'value="2026-11-26"' in answer.text
    assert "Du har tatt pause og får ingen varsler før 26. november" in visitor.mail().text
    assert visitor.presses(choose, follow="everything", pause="2026-11-01").status == 422
    visitor.story.daily("2026-11-17", "2026-11-25")
    assert visitor.story.new_letters() == []
    visitor.story.tick(oslo("2026-11-26", "08:05"))
    (letter,) = visitor.story.new_letters()
    assert letter.days_left() == 5
    visitor.story.daily("2026-11-27", "2026-12-01")
    assert [letter.days_left() for letter in visitor.story.new_letters()] == [4, 1, 0]
    assert [key for key in visitor.story.alerts() if not key.startswith("unchecked")] == []


def test_what_is_over_within_a_pause_is_not_told_and_alarms_nobody(visitor: Visitor) -> None:
    standing = joined(visitor)
    choose = next(word for word in standing.split() if "/choose/" in word)
    pauses = {"follow": "some", "topic": "service:kjernejournal", "language": "nb"}
    early = visitor.presses(choose, **pauses, pause="2026-11-30").text
    assert "mens du har pause" not in early
    saved = visitor.presses(choose, **pauses, pause="2026-12-10").text
    assert saved.count("Disse datoene kommer mens du har pause.") == 1
    assert re.search(r"<li>[^<]+ – [^<]+: tirsdag 1. desember 2026</li>", saved)
    nynorsk = visitor.opens(f"{choose.partition('?')[0]}?lang=nn").text
    assert nynorsk.count("Desse datoane kjem medan du har pause.") == 1
    assert "10. desember" in visitor.mail().text
    visitor.story.daily("2026-11-17", "2026-12-09")
    assert visitor.story.new_letters() == []
    assert [key for key in visitor.story.alerts() if key.startswith("expired")] == []
    visitor.story.tick(oslo("2026-12-10", "08:05"))
    assert len(visitor.story.new_letters()) == 1
