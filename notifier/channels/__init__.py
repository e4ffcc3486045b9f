"""Ways out for Messages: the contract in `channel.py`, one file for each way, `choose.py` to pick one."""
