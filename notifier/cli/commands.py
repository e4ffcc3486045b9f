"""All commands: importing a group's file adds it to the application, in the order in which help shows them."""

# ruff: noqa: F401, I001

from __future__ import annotations

from notifier.cli.frame import run

import notifier.cli.running
import notifier.cli.ticking
import notifier.cli.checking
import notifier.cli.deciding
import notifier.cli.planning
import notifier.cli.why
import notifier.cli.subscribers
import notifier.cli.subscriber_choices
import notifier.cli.subscriber_views
import notifier.cli.vendors
import notifier.cli.waiving
import notifier.cli.importing
import notifier.cli.evidence
import notifier.cli.readiness
import notifier.cli.answers
import notifier.cli.dossier
import notifier.cli.previewing
import notifier.cli.simulating
import notifier.cli.publishing
import notifier.cli.outbox
import notifier.cli.changing
import notifier.cli.testing
import notifier.cli.examining
import notifier.cli.nodes
import notifier.cli.keeping
import notifier.cli.about

__all__ = ["run"]
