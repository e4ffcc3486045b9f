"""Mails in, tried against a real database and a listener on a free port."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("inbox", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("inbox")
