"""What the grabber should reach on two CPU cores."""

from __future__ import annotations

from maskwatch.benchmarks.report import below

SNAPSHOT_MS = below(50)  # CPU of one shot every 2 s of a 1080p stream, 15 pictures a second, 4 Mbit/s
CORES = below(0.5)  # of all grabbers together, 40 such cameras at one shot per 5 s
LIMIT_CORES = 0.2  # on which one grabber should hold 8 of them
LATE_P95_SECONDS = below(1)  # from a slot to its stored picture
NONE_LOST = below(1)
