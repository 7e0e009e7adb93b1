"""How far it is, for who watches."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text


class PictureProgress(Progress):
    """A bar on stderr when that is a terminal: sources, pictures per second, the time that is left."""

    def __init__(self, *, sources: int, console: Console | None = None) -> None:
        shown = console or Console(stderr=True)
        columns = (BarColumn(), TextColumn("{task.fields[done]} pictures"), _RateColumn(), TimeRemainingColumn())
        super().__init__(*columns, console=shown, transient=True, disable=not shown.is_terminal)
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
