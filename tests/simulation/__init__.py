"""A seeded simulation: the real jobs on a real SQLite file, with a clock, a relay and crashes that a seed decides.

`python -m tests.simulation SEED` plays one world and tells what happened in it; see `world.py`.
"""
