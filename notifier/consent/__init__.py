"""Consent: asking, confirming, choosing, leaving. What the page and the mailbox both do, as functions."""
