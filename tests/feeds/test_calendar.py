"""The calendar tells the truth about every kind of date, and keeps telling it when dates change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from notifier.core.change import ChangeList, Deadline, DeadlineKind, EarlierWhen, Status
from notifier.core.text import Language
from notifier.core.when import parse_when
from notifier.feeds.ical import calendar, changed_at
from tests.feeds.lint import lint, unfolded
from tests.feeds.lists import OSLO, START, feed, firm, history_of, list_of, one_deadline, vague
from tests.feeds.readers import Seen, all_readers

END = "portal.end@varsler-for-e-helse"
LATEST = "portal.end.window-latest@varsler-for-e-helse"
TODAY = date(2026, 6, 10)


def publish(*lists: ChangeList, today: date = TODAY, language: Language = Language.NB) -> bytes:
    """The feed after these lists took force, ten days apart from 1 May 2026."""
    return calendar(changes=lists[-1], history=history_of(lists), today=today, feed=feed(language))


def seen(body: bytes) -> dict[str, Seen]:
    """The events by UID, once every reader agrees on them and the bytes are sound."""
    assert lint(body) == []
    first, *others = all_readers(body).values()
    assert all(other == first for other in others)
    return {event[0]: event for event in first}


def days(event: Seen) -> tuple[date, date]:
    return event[1], event[2]


def lines_of(body: bytes, name: str) -> Sequence[str]:
    return [line.partition(":")[2] for line in unfolded(body) if line.startswith((f"{name}:", f"{name};"))]


def test_an_exact_date_is_one_day_on_the_first_day_gone() -> None:
    events = seen(publish(one_deadline(firm("2026-12-01"))))
    assert list(events) == [END]
    assert days(events[END]) == (date(2026, 12, 1), date(2026, 12, 2))
    assert events[END][3:] == ("CONFIRMED", "SLUTT: Kjernejournal – gammel innlogging")


def test_the_text_names_the_last_day_and_the_announcement_s_own_words() -> None:
    (text,) = [t for t in lines_of(publish(one_deadline(firm("2026-12-01"))), "DESCRIPTION") if "Utgår" in t]
    assert "Utgår fra tirsdag 1. desember 2026\\; siste dag er mandag 30. november 2026." in text
    assert "«fra 2026-12-01» (Tjenesteveikart\\, 1. desember 2025" in text
    assert "Ta i bruk den nye innloggingen" in text
    assert "kundesenter@nhn.no" in text


def test_a_date_that_follows_from_another_change_says_so() -> None:
    follower = Deadline(id="pjd", kind=DeadlineKind.END, when=firm("2026-12-01"), follows="portal/end")
    leader = Deadline(id="end", kind=DeadlineKind.END, when=firm("2026-12-01"))
    told = [
        "Datoen følger av en annen endring: Kjernejournal – gammel innlogging." in text
        for text in lines_of(publish(list_of(leader, follower)), "DESCRIPTION")
        if "Utgår" in text
    ]
    assert told == [False, True]


def test_a_window_of_a_week_is_one_event_across_it() -> None:
    events = seen(publish(one_deadline(vague("2026-09-07..2026-09-13"))))
    assert days(events[END]) == (date(2026, 9, 7), date(2026, 9, 14))
    assert events[END][3:] == (
        "TENTATIVE",
        "SLUTT en av disse dagene: Kjernejournal – gammel innlogging (foreløpig dato)",
    )


def test_a_longer_window_is_marked_on_its_first_and_its_last_day() -> None:
    events = seen(publish(one_deadline(vague("2026-Q4"))))
    assert days(events[END]) == (date(2026, 10, 1), date(2026, 10, 2))
    assert days(events[LATEST]) == (date(2026, 12, 31), date(2027, 1, 1))
    assert {event[3] for event in events.values()} == {"TENTATIVE"}
    assert events[END][4].startswith("TIDLIGST")
    assert events[LATEST][4].startswith("SENEST")


def test_an_open_window_is_marked_on_its_first_day_only() -> None:
    events = seen(publish(one_deadline(vague("2026-09.."))))
    assert list(events) == [END]
    assert events[END][4].startswith("TIDLIGST")


def test_without_a_date_there_is_no_event() -> None:
    assert seen(publish(one_deadline(vague("tba")))) == {}


@pytest.mark.parametrize(
    ("language", "heads"),
    [
        (Language.NB, ("SLUTT", "TIDLIGST", "SENEST", "GJELDER IKKE LENGER")),
        (Language.NN, ("SLUTT", "TIDLEGAST", "SEINAST", "GJELD IKKJE LENGER")),
        (Language.EN, ("ENDS", "EARLIEST", "LATEST", "NO LONGER APPLIES")),
    ],
)
def test_the_meaning_is_in_the_title_s_first_word(language: Language, heads: Sequence[str]) -> None:
    exact, window = one_deadline(firm("2026-12-01")), one_deadline(vague("2026-Q4"))
    gone = one_deadline(firm("2026-12-01"), status=Status.WITHDRAWN)
    titles = [
        seen(publish(exact, language=language))[END][4],
        *(seen(publish(window, language=language))[uid][4] for uid in (END, LATEST)),
        seen(publish(exact, gone, language=language))[END][4],
    ]
    assert [title.startswith(head) for title, head in zip(titles, heads, strict=True)] == [True] * 4


def test_a_known_date_moves_the_first_marker_and_cancels_the_last() -> None:
    events = seen(publish(one_deadline(vague("2026-Q4")), one_deadline(firm("2026-11-02"))))
    assert days(events[END]) == (date(2026, 11, 2), date(2026, 11, 3))
    assert events[END][3] == "CONFIRMED"
    assert days(events[LATEST]) == (date(2026, 12, 31), date(2027, 1, 1))
    assert events[LATEST][3] == "CANCELLED"


def test_the_cancelled_last_marker_leaves_after_60_days() -> None:
    lists = one_deadline(vague("2026-Q4")), one_deadline(firm("2026-11-02"))
    told = (START + timedelta(days=10)).astimezone(OSLO).date()
    assert LATEST in seen(publish(*lists, today=told + timedelta(days=60)))
    assert list(seen(publish(*lists, today=told + timedelta(days=61)))) == [END]


def test_what_is_withdrawn_stays_cancelled_for_60_days() -> None:
    lists = one_deadline(vague("2026-Q4")), one_deadline(vague("2026-Q4"), status=Status.WITHDRAWN)
    told = (START + timedelta(days=10)).astimezone(OSLO).date()
    events = seen(publish(*lists, today=told + timedelta(days=60)))
    assert {uid: event[3] for uid, event in events.items()} == {END: "CANCELLED", LATEST: "CANCELLED"}
    assert events[END][4].endswith("(trukket tilbake)")
    assert seen(publish(*lists, today=told + timedelta(days=61))) == {}


def test_what_is_postponed_without_a_new_date_is_cancelled_with_the_reason() -> None:
    body = publish(one_deadline(firm("2026-12-01")), one_deadline(vague("tba")))
    events = seen(body)
    assert days(events[END]) == (date(2026, 12, 1), date(2026, 12, 2))
    assert events[END][3] == "CANCELLED"
    assert "utsatt, ny dato er ikke satt" in events[END][4]
    assert "Endringen er utsatt\\, og ny dato er ikke satt." in lines_of(body, "DESCRIPTION")[1]


def test_a_postponed_one_that_gets_a_date_again_is_the_same_event() -> None:
    lists = [one_deadline(when) for when in (firm("2026-12-01"), vague("tba"), firm("2027-03-01"))]
    events = seen(publish(*lists))
    assert days(events[END]) == (date(2027, 3, 1), date(2027, 3, 2))
    assert events[END][3] == "CONFIRMED"


def test_past_dates_stay_for_twelve_months() -> None:
    old = one_deadline(firm("2026-05-04"))
    assert END in seen(publish(old, today=date(2027, 5, 4)))
    assert seen(publish(old, today=date(2027, 5, 5))) == {}


def test_every_visible_change_raises_the_sequence_and_the_stamp() -> None:
    lists = [one_deadline(firm(day)) for day in ("2026-12-01", "2027-01-15", "2027-02-01")]
    for count in (1, 2, 3):
        body = publish(*lists[:count])
        assert lines_of(body, "SEQUENCE") == [str(count - 1)]
        stamp = f"{START + timedelta(days=10 * (count - 1)):%Y%m%dT%H%M%SZ}"
        assert lines_of(body, "DTSTAMP") == [stamp]
        assert lines_of(body, "LAST-MODIFIED") == [stamp, stamp]


def test_the_text_tells_every_date_there_was() -> None:
    earlier = (EarlierWhen(when=parse_when("2026-06-30", stated="ut juni"), source="Driftsmelding"),)
    deadlines = [
        Deadline(id="end", kind=DeadlineKind.END, when=firm(day), earlier=earlier)
        for day in ("2026-12-01", "2027-01-15")
    ]
    text = lines_of(publish(*(list_of(deadline) for deadline in deadlines)), "DESCRIPTION")[1]
    assert "• Tidligere kunngjort: tirsdag 30. juni 2026 («ut juni»\\, Driftsmelding)" in text
    assert "• 11. mai 2026: endret fra tirsdag 1. desember 2026 til fredag 15. januar 2027" in text


def test_a_first_date_and_a_postponement_are_told_as_such() -> None:
    whens = [parse_when("tba"), firm("2026-12-01"), parse_when("tba"), firm("2027-02-01")]
    text = lines_of(publish(*map(one_deadline, whens)), "DESCRIPTION")[1]
    assert "• 11. mai 2026: kunngjort\\, tirsdag 1. desember 2026 (før uten dato)" in text
    assert "• 21. mai 2026: utsatt fra tirsdag 1. desember 2026\\, uten ny dato" in text


def test_deadlines_of_one_change_are_told_apart() -> None:
    kinds = (DeadlineKind.CLOSED_TO_NEW, DeadlineKind.TEST, DeadlineKind.PRODUCTION)
    body = publish(list_of(*(Deadline(id=kind, kind=kind, when=firm("2026-12-01")) for kind in kinds)))
    titles = [event[4].partition(":")[0] for event in seen(body).values()]
    assert sorted(titles) == ["SLUTT for nye", "SLUTT i produksjon", "SLUTT i test"]


def test_the_calendar_is_named_refreshed_and_never_a_message() -> None:
    body = publish(one_deadline(firm("2026-12-01")))
    lines = unfolded(body)
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H" in lines
    assert "X-PUBLISHED-TTL:PT6H" in lines
    assert lines_of(body, "NAME") == lines_of(body, "X-WR-CALNAME") == ["E-helse: varslede endringer"]
    assert not lines_of(body, "METHOD")
    assert "BEGIN:VALARM" not in lines


def test_the_same_list_history_and_day_give_the_same_bytes() -> None:
    lists = one_deadline(vague("2026-Q4")), one_deadline(firm("2026-11-02"))
    assert publish(*lists) == publish(*lists)
    assert publish(*lists) == publish(*lists, today=TODAY + timedelta(days=1))


def test_the_content_s_age_is_the_last_entry_or_the_last_departure() -> None:
    lists = one_deadline(vague("2026-Q4")), one_deadline(firm("2026-11-02"))
    told = START + timedelta(days=10)
    gone = told.astimezone(OSLO).date() + timedelta(days=61)
    history = history_of(lists)

    def age(today: date) -> object:
        return changed_at(changes=lists[-1], history=history, today=today, feed=feed())

    assert age(gone - timedelta(days=1)) == told
    assert age(gone) == age(gone + timedelta(days=30))
    assert f"{age(gone):%Y-%m-%dT%H:%M}" == f"{gone - timedelta(days=1)}T22:00"


def test_a_change_without_history_is_stamped_with_the_day_it_was_checked() -> None:
    body = calendar(changes=one_deadline(firm("2026-12-01")), history={}, today=TODAY, feed=feed())
    assert seen(body)[END][3] == "CONFIRMED"
    assert lines_of(body, "DTSTAMP") == ["20260420T000000Z"]
