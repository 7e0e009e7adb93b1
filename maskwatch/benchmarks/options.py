"""How a benchmark is to be run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from common.settings import Settings

REPEATS = 5  # of which the median is reported
QUICK_REPEATS = 2
LABELLED = Path("../shared/data")  # as the training commands have it


def _say_nothing(_sentence: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, kw_only=True)
class BenchOptions:
    """The same for every benchmark; each takes what concerns it."""

    settings: Settings  # names the models, the device and the threads
    is_quick: bool = False  # few repeats of little work: shows that it runs, not how fast
    is_profiled: bool = False  # also say where the time goes
    engines: tuple[str, ...] = ()  # of model_api/engines; empty: all that start here
    sections: tuple[str, ...] = ()  # parts of the benchmark by name; empty: all
    pictures: Path | None = None  # a folder of one's own JPEG pictures, measured beside the drawn ones
    requests: int = 10_000  # of the long run
    overload_seconds: float = 60.0
    cameras: int = 40  # simulated, of the grabber
    seconds: float = 600.0  # that they are watched
    data: Path = LABELLED  # labelled pictures
    limit: int = 60  # of them, of one kind
    say: Callable[[str], None] = _say_nothing  # told what is being measured

    @property
    def repeats(self) -> int:
        """How often each thing is measured."""
        return QUICK_REPEATS if self.is_quick else REPEATS

    def takes(self, section: str) -> bool:
        """Whether that part is wanted."""
        return not self.sections or section in self.sections
