"""Many pictures -> requests that the model API takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")

MOST_PICTURES = 64  # the model API's own limit for one request
MOST_BYTES = 40_000_000  # of pictures in one request: bounded memory on both sides


def cut(pictures: Iterable[T], *, size_of: Callable[[T], int], most_pictures: int = MOST_PICTURES) -> Iterator[list[T]]:
    """Cut into requests of at most so many pictures and, with more than one picture, MOST_BYTES.

    Takes from `pictures` only what the next request needs and one more.
    """
    part: list[T] = []
    size = 0
    for picture in pictures:
        if part and (len(part) == most_pictures or size + size_of(picture) > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(picture)
        size += size_of(picture)
    if part:
        yield part


def to_form(pictures: Iterable[bytes]) -> list[tuple[str, tuple[str, bytes]]]:
    """The files of a multipart form."""
    return [("images", (f"{index}", data)) for index, data in enumerate(pictures)]
