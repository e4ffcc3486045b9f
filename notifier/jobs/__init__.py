"""The daemon's duties, each one unit of work. Every node may run every job at any time."""
