"""Pictures that training must not see, because held-out pictures show the same.

The list that ships, `excluded.json`, is of the data folder that the shipped weights were trained on; another data
folder has its own, written there by `maskwatch data check --write-excluded`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from training.dataset.coco import Picture
from training.errors import BrokenAnnotations

FILE = "excluded.json"
PACKAGED = Path(__file__).with_name(FILE)


def excluded_files(data: Path) -> dict[str, frozenset[str]]:
    """File names per folder of the data (masks, crowds, crops). Raises BrokenAnnotations for a broken list."""
    path = data / FILE if (data / FILE).is_file() else PACKAGED
    try:
        content = json.loads(path.read_text())
        return {str(folder): frozenset(map(str, names)) for folder, names in content.items()}
    except (ValueError, AttributeError, TypeError) as error:
        raise BrokenAnnotations(f"{path} is not a list of excluded files by folder: {error}") from error


def without_leaks(pictures: Sequence[Picture], data: Path) -> list[Picture]:
    """The pictures that show nothing of the validation pictures; their folder is the one above `images/`."""
    excluded = excluded_files(data)
    return [
        picture for picture in pictures if picture.path.name not in excluded.get(picture.path.parent.parent.name, ())
    ]


def write_excluded(files: Iterable[tuple[str, str]], path: Path) -> None:
    """Write (folder, file name) pairs as a list of excluded files."""
    content: dict[str, list[str]] = {}
    for folder, name in sorted(set(files)):
        content.setdefault(folder, []).append(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n")
