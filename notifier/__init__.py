"""Tells vendors, in time, what national e-health services are about to take away."""

__version__ = "0.1.0"
