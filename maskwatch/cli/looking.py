"""How many pictures were looked at, for who waits at a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def looking() -> Iterator[Callable[[int], None]]:
    """A bar on stderr when that is a terminal; the callback adds to it. Nobody knows the end before it is there."""
    shown = Console(stderr=True)
    columns = (BarColumn(), TextColumn("{task.completed:.0f} pictures"), TimeElapsedColumn())
    with Progress(
        *columns, console=shown, transient=True, disable=not shown.is_terminal, redirect_stdout=False
    ) as progress:
        bar = progress.add_task("pictures", total=None)
        yield lambda count: progress.advance(bar, count)
