"""The models: in process, or behind HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from common.domain.prediction import PictureResult

# auto: a picture much larger than the detector's input is also looked at in parts, for small faces, which takes up to
# ten times as long; off: it is looked at once, whole.
Tiles = Literal["off", "auto"]


@dataclass(frozen=True, kw_only=True)
class DetectOptions:
    """How to look at the pictures."""

    variant: str = "server"  # server: accuracy first; lite: at most a quarter of its multiply-adds
    min_score: float | None = None  # 0..1; None: the model's own
    fit: bool = True  # also say what is uncovered
    tiles: Tiles = "off"
    appearance: bool = False  # also how each face looks at the moment, where the models can say: see common.appearances
    names: tuple[str, ...] = ()  # of the pictures, in their order, for the logs on the other side


class Detector(Protocol):
    """Finds and judges faces; thread-safe. One bad picture is that result's `error`, not the call's."""

    def predict(self, pictures: Sequence[bytes], *, options: DetectOptions | None = None) -> list[PictureResult]:
        """Answers for encoded pictures (JPEG, PNG, WebP), in their order.

        Raises common.errors.Unavailable or Overloaded: then nothing was answered, and trying again may work.
        """

    def check(self) -> None:
        """Raise Unavailable unless it is loaded and warm."""

    def close(self) -> None: ...
