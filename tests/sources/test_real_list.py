"""The list that ships."""

from __future__ import annotations

import json
import tomllib
from datetime import date
from typing import Any

import jsonschema
import pytest
from pydantic import TypeAdapter

from notifier.core.change import ChangeList, Deadline
from notifier.core.text import Language, Text
from notifier.core.when import Certainty
from notifier.shipped import shipped
from notifier.sources.file import FileSource
from notifier.sources.parse import parse_list
from notifier.sources.schema import schema, schema_text
from tests.sources.lists import REAL_FILE, TODAY


@pytest.fixture(scope="module")
def real() -> ChangeList:
    return parse_list(FileSource(REAL_FILE).read(), today=TODAY)


def the(real: ChangeList, key: str) -> Deadline:
    found = real.deadline(key)
    assert found
    return found[1]


def test_it_holds_the_services_in_their_order(real: ChangeList) -> None:
    assert [service.id for service in real.services] == [
        "kjernejournal",
        "pasientens-journaldokumenter",
        "preg",
        "fjernhjelp",
        "ftps",
        "helseid",
        "kritisk-informasjon",
        "vkp",
    ]


def test_every_service_has_its_one_announced_change(real: ChangeList) -> None:
    assert [change.service for change in real.changes] == [service.id for service in real.services]


def test_the_old_login_ends_for_certain_on_the_first_of_december(real: ChangeList) -> None:
    when = the(real, "kjernejournal-portal-gammel-innlogging/end").when
    assert (when.earliest, when.latest) == (date(2026, 12, 1), date(2026, 12, 1))
    assert (when.certainty, when.stated) == (Certainty.CONFIRMED, "fra 1.12.2026")


def test_pjd_takes_date_and_words_from_the_login(real: ChangeList) -> None:
    follower = the(real, "pjd-gammel-innlogging/end")
    assert follower.follows == "kjernejournal-portal-gammel-innlogging/end"
    assert follower.when == the(real, follower.follows).when


def test_preg_keeps_its_milestones_and_the_dates_announced_before(real: ChangeList) -> None:
    days = [the(real, f"preg-testdata/{name}").when.earliest for name in ("closed-to-new", "test", "end")]
    assert days == [date(2025, 9, 1), date(2025, 11, 15), date(2026, 1, 1)]
    end = the(real, "preg-testdata/end")
    assert end.when.certainty is Certainty.TENTATIVE
    # Announced as last days; kept as first days gone.
    assert [earlier.when.earliest for earlier in end.earlier] == [
        date(2023, 1, 1),
        date(2024, 1, 1),
        date(2026, 1, 1),
    ]


def test_fjernhjelp_has_a_tentative_window(real: ChangeList) -> None:
    when = the(real, "fjernhjelp/end").when
    assert (when.earliest, when.latest) == (date(2026, 1, 1), date(2026, 6, 30))
    assert when.certainty is Certainty.TENTATIVE


def test_what_has_no_announced_date_gets_none(real: ChangeList) -> None:
    undated = [key for key, _, deadline in real.deadlines() if not deadline.when.is_set]
    assert undated == [
        "ftps/end",
        "helseid-par-dpop/par",
        "helseid-par-dpop/dpop",
        "m251-legemiddelreaksjoner/end",
        "velferdsteknologisk-knutepunkt/end",
    ]


def test_nothing_is_said_to_be_completed_or_withdrawn(real: ChangeList) -> None:
    assert all(deadline.is_open for _, _, deadline in real.deadlines())


def test_no_text_calls_the_date_a_frist_or_holds_fold_marks(real: ChangeList) -> None:
    for change in real.changes:
        for text in (change.title, change.summary, change.affects, change.action):
            for language in Language:
                assert "frist" not in text[language].lower()
                assert "\\" not in text[language]
                assert "  " not in text[language]


def test_bokmaal_and_nynorsk_do_not_mix(real: ChangeList) -> None:
    bokmaal = {"ikke", "fra", "hvis", "dere", "noen", "hvilke", "uten", "gjør", "kommer", "brukerinnlogging"}
    nynorsk = {"ikkje", "frå", "dersom", "dykk", "nokon", "kva", "utan", "gjer", "kjem", "brukarinnlogging"}
    for change in real.changes:
        for text in (change.summary, change.affects, change.action):
            assert not words(text, Language.NN) & bokmaal
            assert not words(text, Language.NB) & nynorsk


def words(text: Text, language: Language) -> set[str]:
    return {word.strip(".,:;«»()?").lower() for word in text[language].split()}


def test_it_survives_being_kept_as_json(real: ChangeList) -> None:
    adapter = TypeAdapter(ChangeList)
    assert adapter.validate_json(adapter.dump_json(real)) == real


def test_its_schema_is_the_one_the_models_make() -> None:
    file = shipped("config", "breaking-changes.schema.json")
    assert file.read_text(encoding="utf-8") == schema_text()


def test_its_first_line_points_editors_to_the_schema() -> None:
    first = REAL_FILE.read_text(encoding="utf-8").splitlines()[0]
    assert first == "#:schema ./breaking-changes.schema.json"


def test_it_is_valid_by_its_schema() -> None:
    validator(schema()).validate(as_json(tomllib.loads(REAL_FILE.read_text(encoding="utf-8"))))


def test_the_schema_refuses_what_the_reader_refuses() -> None:
    for spoil in (
        {"when": "2026-13-45x"},
        {"follows": "fjernhjelp/end"},
        {"kind": "sunset"},
        {"reminders": ["1 month"]},
        {"whn": "tba"},
    ):
        tree = as_json(tomllib.loads(REAL_FILE.read_text(encoding="utf-8")))
        tree["change"][0]["deadline"][0].update(spoil)
        assert not validator(schema()).is_valid(tree), spoil


def test_every_key_is_explained_to_the_editor() -> None:
    tables = [schema(), *(table for table in schema()["$defs"].values() if "properties" in table)]
    for table in tables:
        for name, key in table["properties"].items():
            assert key.get("description"), name


def validator(found: dict[str, Any]) -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


def as_json(tree: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(tree, default=str))
    return made
