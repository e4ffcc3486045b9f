"""The alert rules: each fires for the trouble it names, and is silent when all is well (tried with promtool)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.processes.installation import ROOT

RULES = ROOT / "deploy" / "prometheus" / "notifier.rules.yml"
HANDBOOK = ROOT / "deploy" / "README.md"
MINUTES = 240
DAY = 86_400

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed; it comes with Prometheus"
)

# Series as promtool writes them: first value + growth a minute x how often. Its clock begins at 0.
CALM = {
    'up{job="notifier",instance="a"}': f"1x{MINUTES}",
    'notifier_database_up{instance="a"}': f"1x{MINUTES}",
    'notifier_last_tick_timestamp_seconds{instance="a"}': f"0+60x{MINUTES}",
    'notifier_loop_stuck{instance="a",loop="send"}': f"0x{MINUTES}",
    'notifier_loop_failing{instance="a",loop="send"}': f"0x{MINUTES}",
    'notifier_messages_overdue{instance="a"}': f"0x{MINUTES}",
    'notifier_relay_breaker_open{instance="a"}': f"0x{MINUTES}",
    'notifier_paused{instance="a"}': f"0x{MINUTES}",
    'notifier_list_held{instance="a"}': f"0x{MINUTES}",
    'notifier_list_oldest_check_timestamp_seconds{instance="a"}': f"0x{MINUTES}",
    'notifier_smtp_verdicts_total{instance="a",fault="none",phase="verdict"}': f"0+10x{MINUTES}",
    'notifier_smtp_verdicts_total{instance="a",fault="address",phase="rcpt"}': f"0+0.1x{MINUTES}",
    'notifier_reminder_delay_seconds_bucket{instance="a",lead="30d",le="14400.0"}': f"0+5x{MINUTES}",
    'notifier_reminder_delay_seconds_count{instance="a",lead="30d"}': f"0+5x{MINUTES}",
}

BROKEN: dict[str, dict[str, str]] = {
    "NotifierDown": {'up{job="notifier",instance="a"}': f"0x{MINUTES}"},
    "NotifierDatabaseDown": {'notifier_database_up{instance="a"}': f"0x{MINUTES}"},
    "NotifierTickStale": {'notifier_last_tick_timestamp_seconds{instance="a"}': f"0x{MINUTES}"},
    "NotifierLoopStuck": {'notifier_loop_stuck{instance="a",loop="send"}': f"1x{MINUTES}"},
    "NotifierLoopStuck, failing": {'notifier_loop_failing{instance="a",loop="send"}': f"1x{MINUTES}"},
    "NotifierMailOverdue": {'notifier_messages_overdue{instance="a"}': f"7x{MINUTES}"},
    "NotifierRelayRefuses": {'notifier_relay_breaker_open{instance="a"}': f"1x{MINUTES}"},
    "NotifierPaused": {'notifier_paused{instance="a"}': f"1x{MINUTES}"},
    "NotifierPausedItself": {'notifier_alerts{instance="a",kind="clock"}': f"1x{MINUTES}"},
    "NotifierListHeld": {'notifier_list_held{instance="a"}': f"1x{MINUTES}"},
    "NotifierListUnchecked": {
        'notifier_list_oldest_check_timestamp_seconds{instance="a"}': f"-{91 * DAY}x{MINUTES}"
    },
    "NotifierAlertOpen": {'notifier_alerts{instance="a",kind="failed"}': f"1x{MINUTES}"},
    "NotifierAlertOpen, a list refused": {'notifier_alerts{instance="a",kind="list"}': f"1x{MINUTES}"},
    "NotifierAlertOpen, a day passed": {'notifier_alerts{instance="a",kind="passed"}': f"1x{MINUTES}"},
    "NotifierManyRefusals": {
        'notifier_smtp_verdicts_total{instance="a",fault="address",phase="rcpt"}': f"0+5x{MINUTES}"
    },
    "NotifierRemindersLate": {
        'notifier_reminder_delay_seconds_bucket{instance="a",lead="30d",le="14400.0"}': f"0+4x{MINUTES}"
    },
}


def firing(series: dict[str, str], alert: str, folder: Path, *, expected: int) -> str:
    """What promtool finds wrong with the claim that so many of this Alert fire after four hours."""
    firing_now = f'count(ALERTS{{alertname="{alert}",alertstate="firing"}}) or vector(0)'
    claim: dict[str, Any] = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": firing_now,
                "eval_time": f"{MINUTES - 1}m",
                "exp_samples": [{"labels": "{}", "value": expected}],
            }
        ],
    }
    file = folder / "claim.yml"
    file.write_text(
        json.dumps({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": [claim]}),
        encoding="utf-8",
    )
    done = subprocess.run(
        ["promtool", "test", "rules", str(file)], check=False, capture_output=True, text=True
    )
    return done.stdout + done.stderr if done.returncode else ""


def names() -> list[str]:
    """Every Alert of the rules."""
    return re.findall(r"- alert: (\w+)", RULES.read_text(encoding="utf-8"))


def metrics_named() -> set[str]:
    """Every metric of ours that the rules ask for, as /metrics calls its family."""
    named = set(re.findall(r"\bnotifier_\w+", RULES.read_text(encoding="utf-8")))
    return {re.sub(r"_(total|bucket|count)$", "", name) for name in named}


@needs_promtool
def test_promtool_understands_the_rules() -> None:
    subprocess.run(["promtool", "check", "rules", str(RULES)], check=True, capture_output=True)


def test_every_rule_is_tried() -> None:
    assert {case.partition(",")[0] for case in BROKEN} == set(names())


@needs_promtool
@pytest.mark.parametrize("case", sorted(BROKEN))
def test_it_fires_for_its_trouble_and_not_otherwise(case: str, tmp_path: Path) -> None:
    alert = case.partition(",")[0]
    assert firing(CALM, alert, tmp_path, expected=0) == ""
    assert firing(CALM | BROKEN[case], alert, tmp_path, expected=1) == ""


def test_the_handbook_says_what_to_do_about_every_one() -> None:
    handbook = HANDBOOK.read_text(encoding="utf-8")
    assert [name for name in names() if f"#### {name}\n" not in handbook] == []
    referred = re.findall(r'runbook: "deploy/README.md, “(.+)”"', RULES.read_text(encoding="utf-8"))
    assert sorted(referred) == sorted(names())
