"""Fixtures for the tests of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.dossiers import told_of
from tests.cli.rehearsal import Rehearsal
from tests.peers.smtp_sink import SmtpSink


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state directory of an installation that has begun, to copy from."""
    with pytest.MonkeyPatch.context() as patch:
        return Rehearsal(tmp_path_factory.mktemp("begun"), patch).begun().folder / "var"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begun: Path) -> Rehearsal:
    """A fresh installation, mailing into a Maildir."""
    return Rehearsal(tmp_path, monkeypatch, begun=begun)


@pytest.fixture
def told(place: Rehearsal) -> Rehearsal:
    """The same, once a vendor was told of a Change and has answered."""
    return told_of(place)


@pytest.fixture
def relay(place: Rehearsal) -> Iterator[SmtpSink]:
    """A relay that the installation mails to."""
    with SmtpSink() as sink:
        place.set("NOTIFIER_MAIL__URL", sink.url)
        place.set("NOTIFIER_PUBLISHER__NAME", "Varsler")
        yield sink
