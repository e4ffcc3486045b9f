"""/metrics of a running daemon, as Prometheus reads it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.deploy.test_prometheus import metrics_named
from tests.peers.smtp_sink import SmtpSink
from tests.processes.installation import Installation, free_port, until
from tests.web.serving import Client

CANARY = "hemmelig.kanari@leverandor.example"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Samples]]:
    """What a daemon says that has just mailed two people, one of whom does not exist: as text and in parts."""
    folder: Path = tmp_path_factory.mktemp("metrics")
    port = free_port()
    with SmtpSink() as sink:
        place = Installation(folder, sink=sink)
        place.settings = {"NOTIFIER_METRICS__BIND": f"127.0.0.1:{port}"}
        with place.running() as daemon:
            place.people_join(1)
            place.people_join(1, name="hemmelig.kanari")
            sink.wait_for(2)
            until(place.is_idle)
            for path in ("/calendar.ics", "/calendar.ics", "/", "/nothing-here"):
                daemon.get(path)
            until(lambda: 'fault="none"' in Client(port=port).get("/metrics").text)
            yield Client(port=port).get("/metrics").text, parts_of(Client(port=port).get("/metrics").text)
            assert daemon.stop() == 0
        place.close()


def parts_of(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_it_counts_what_is_stored_and_what_was_sent(scraped: tuple[str, Samples]) -> None:
    _, samples = scraped
    assert samples["notifier_subscribers", (("state", "active"),)] == 2
    assert samples["notifier_messages", (("state", "sent"),)] == 2
    assert samples["notifier_messages", (("state", "pending"),)] == 0
    assert samples["notifier_smtp_verdicts_total", (("fault", "none"), ("phase", "verdict"))] == 2
    assert samples["notifier_database_up", ()] == 1


def test_it_counts_visits_by_kind_and_never_by_path(scraped: tuple[str, Samples]) -> None:
    text, samples = scraped
    assert samples["notifier_web_answers_total", (("kind", "calendar"), ("status", "200"))] == 2
    assert samples["notifier_web_answers_total", (("kind", "page"), ("status", "404"))] == 1
    assert "nothing-here" not in text


def test_it_names_nobody(scraped: tuple[str, Samples]) -> None:
    text, _ = scraped
    assert "@" not in text
    assert "kanari" not in text


def test_every_metric_that_a_rule_asks_for_is_there(scraped: tuple[str, Samples]) -> None:
    text, _ = scraped
    families = {family.name for family in text_string_to_metric_families(text)}
    only_when_there_is_one = {"notifier_alerts"}
    assert metrics_named() - families - only_when_there_is_one == set()


def test_they_are_not_on_the_page_and_by_default_nowhere(tmp_path: Path) -> None:
    with SmtpSink() as sink, Installation(tmp_path, sink=sink).running() as daemon:
        assert daemon.get("/metrics").status == 404
