"""How far it is, for who watches."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text


class PictureProgress(Progress):
    """A bar on stderr when that is a terminal: sources, pictures per second, the time that is left."""

    def __init__(self, *, sources: int, is_hidden: bool = False, console: Console | None = None) -> None:
        """`is_hidden`: the terminal is full of other lines."""
        shown = console or Console(stderr=True)
        super().__init__(
            BarColumn(),
            TextColumn("{task.fields[done]} pictures"),
            _RateColumn(),
            TimeRemainingColumn(),
            console=shown,
            transient=True,
            disable=is_hidden or not shown.is_terminal,
            redirect_stdout=False,  # else what is meant for a file or a pipe would appear here
        )
        self._bar: TaskID = self.add_task("predict", total=sources, done=0)
        self._done = 0

    def reach(self, sources: float) -> None:
        """So many sources are read; of a video a part."""
        self.update(self._bar, completed=sources)

    def count(self) -> None:
        """One more picture is answered."""
        self._done += 1
        self.update(self._bar, done=self._done)


class _RateColumn(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Since the beginning: pictures come in batches."""
        rate = task.fields["done"] / task.elapsed if task.elapsed else 0.0
        return Text(f"{rate:.1f}/s")
