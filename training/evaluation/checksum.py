"""SHA-256 of a file, as model.json and the report name it."""

from __future__ import annotations

import hashlib
from pathlib import Path


def sha256_of(path: Path) -> str:
    """The checksum in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
