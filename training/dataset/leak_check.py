"""The leak check as figures: what leaks, and whether training leaves it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training.dataset.excluded import excluded_files
from training.dataset.leaks import Leak, find_leaks

FOLDERS = ("masks", "crowds", "crops")


def check_leaks(data: Path) -> dict[str, Any]:
    """All pairs, leaking files per folder, held-out pictures concerned, and leaking files that are not excluded."""
    return judge_leaks(find_leaks(data), excluded_files(data))


def judge_leaks(leaks: Sequence[Leak], excluded: dict[str, frozenset[str]]) -> dict[str, Any]:
    """Figures of these leaks; `not_excluded` must be empty for an honest training."""
    files = {folder: {leak.file for leak in leaks if leak.folder == folder} for folder in FOLDERS}
    return {
        "files": {folder: len(names) for folder, names in files.items()},
        "held_out": len({leak.held_out for leak in leaks}),
        "not_excluded": [
            f"{folder}/{name}"
            for folder, names in files.items()
            for name in sorted(names - excluded.get(folder, frozenset()))
        ],
        "pairs": [{**asdict(leak), "likeness": round(leak.likeness, 3)} for leak in leaks],
    }
