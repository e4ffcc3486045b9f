"""The daemon: APScheduler's ticks move the jobs, a watchdog watches the ticks, signals end it in order.

The scheduler is a metronome only: what is owed is computed from the list, the Ledger and the time, so a tick
that is late, doubled or lost changes nothing but the moment. `tick` does the same jobs once.
"""
