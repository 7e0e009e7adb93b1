"""What the model API should reach on two CPU cores; of all goals of one kind, by variant where they differ."""

from __future__ import annotations

from maskwatch.benchmarks.report import at_least, below

ONE_BY_ONE = {"server": at_least(11), "lite": at_least(26)}  # pictures per second, 1024 x 1024 JPEG
BATCHED = {"server": at_least(16), "lite": at_least(40)}  # the same over HTTP with CLIENTS clients
CLIENTS = 16
HTTP_SHARE = at_least(0.85)  # of what the engine does without a server around it
ADDED_MS = below(5)  # by the server, to a lone picture
GATE_P99_MS = below(150)  # one 720p face
MEMORY_GROWTH = below(0.02)  # from the second quarter of the long run to its last
NO_ERRORS = below(1)
OVERLOAD = 4  # times the capacity
OVERLOAD_P95 = below(2)  # times the unloaded p95
RECOVERY_SECONDS = below(2)
GPU = at_least(1000)  # pictures per second on one H200
