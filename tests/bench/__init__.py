"""Figures, not tests: run with `python -m tests.bench`. Each stands beside a reference taken in the same run."""
