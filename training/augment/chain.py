"""All that happens to a window after it was cut, in one table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.augment.damage import damage
from training.augment.photometric import degrade, jitter_colour
from training.augment.stages import Change, Stage
from training.augment.windows import Sample, mirror
from training.dataset.pixel_cache import Pixels


def flip(sample: Sample, _random: np.random.Generator) -> Sample:
    """The mirror as a stage."""
    return mirror(sample)


def on_image(change: Change[Pixels]) -> Change[Sample]:
    """A change that leaves the labels where they are, as a stage for samples."""

    def changed(sample: Sample, random: np.random.Generator) -> Sample:
        return replace(sample, image=change(sample.image, random))

    return changed


# More than half of the windows stay good pictures: most cameras are, and what is learnt there must not be lost.
WINDOW_CHAIN: tuple[Stage[Sample], ...] = (
    (0.5, flip),
    (1.0, on_image(jitter_colour)),
    (0.4, on_image(degrade)),
    (0.06, damage),
)
