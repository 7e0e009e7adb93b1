"""A version's folder is written beside its place and moves there when it is whole."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from training.errors import VersionExists


@contextmanager
def draft_of(folder: Path, *, is_replacing: bool = False) -> Iterator[Path]:
    """An empty folder beside `folder` (…/NAME/VERSION) to write the version into; what is not published is gone after.

    Its name begins with a dot, and serving passes over such folders. It lies as deep as `folder`, so that relative
    paths mean the same in both. Raises VersionExists where the version is there and is not to be replaced.
    """
    folder = folder.resolve()
    if _holds_something(folder) and not is_replacing:
        told = f"the next free version is {folder.with_name(next_version(folder)).name}; --replace overwrites"
        raise VersionExists(f"{folder.parent.name}/{folder.name} exists already in {folder.parent.parent}: {told}")
    draft = folder.with_name(f".{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)  # of an export that was killed
    draft.mkdir(parents=True)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        with suppress(OSError):
            folder.parent.rmdir()  # only where it is empty: a model without a version is none


def publish(draft: Path, folder: Path) -> None:
    """Move the draft to its place; a version that was there is gone then."""
    folder = folder.resolve()
    former = folder.with_name(f".{folder.name}.former")
    shutil.rmtree(former, ignore_errors=True)
    if folder.exists():
        folder.rename(former)
    draft.rename(folder)
    shutil.rmtree(former, ignore_errors=True)


def next_version(folder: Path) -> str:
    """The name of the next free version beside this one: numbers count up, what follows them stays (2-int8, 3-int8)."""
    numbers = [int(found[0]) for path in folder.parent.iterdir() if (found := re.match(r"\d+", path.name))]
    rest = re.fullmatch(r"\d+(.*)", folder.name)
    return f"{max(numbers, default=0) + 1}{rest[1] if rest else ''}"


def _holds_something(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())
