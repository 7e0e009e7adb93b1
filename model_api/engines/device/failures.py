"""What torch says when it fails."""

from __future__ import annotations


def first_line(error: Exception) -> str:
    """torch's messages go on with advice and places in its source."""
    return str(error).partition("\n")[0]
