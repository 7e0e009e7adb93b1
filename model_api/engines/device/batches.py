"""Sizes of batches that a GPU is prepared for.

What is recorded for a shape serves that number of pictures only, so a batch is filled up to the next of these sizes: a
third of the work at most is for nothing.
"""

from __future__ import annotations

BATCHES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)


def batch_for(pictures: int) -> int:
    """The size to fill up to; the number itself beyond the largest."""
    return next((size for size in BATCHES if size >= pictures), pictures)
