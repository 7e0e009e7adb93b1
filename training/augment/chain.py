"""All that happens to a window after it was cut, in one table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.augment.damage import damage
from training.augment.photometric import CODEC, DETAIL_LEFT, DETAIL_SHARE, LENS, coarsen, jitter_colour
from training.augment.stages import Change, Stage, in_turn
from training.augment.windows import Sample, mirror
from training.dataset.pixel_cache import Pixels
from training.geometry import face_sizes

MIN_SENSOR_PX = 4.0  # of a face on the sensor; with less of it nobody can tell a face from a spot


def flip(sample: Sample, _random: np.random.Generator) -> Sample:
    """The mirror as a stage."""
    return mirror(sample)


def on_image(change: Change[Pixels]) -> Change[Sample]:
    """A change that leaves the labels where they are, as a stage for samples."""

    def changed(sample: Sample, random: np.random.Generator) -> Sample:
        return replace(sample, image=change(sample.image, random))

    return changed


def lose_faces(sample: Sample, random: np.random.Generator) -> Sample:
    """A sensor of fewer pixels; faces of which it keeps too few become regions to ignore."""
    left = random.uniform(*DETAIL_LEFT)
    seen = face_sizes(sample.boxes) * left >= MIN_SENSOR_PX
    return replace(
        sample,
        image=coarsen(sample.image, left),
        boxes=sample.boxes[seen],
        points=sample.points[seen],
        ignored=np.concatenate([sample.ignored, sample.boxes[~seen]]).astype(np.float32),
    )


SAMPLE_CAMERA: tuple[Stage[Sample], ...] = (
    *((share, on_image(change)) for share, change in LENS),
    (DETAIL_SHARE, lose_faces),
    *((share, on_image(change)) for share, change in CODEC),
)


def degrade_sample(sample: Sample, random: np.random.Generator) -> Sample:
    """Take the window with a cheap camera: each step of SAMPLE_CAMERA now and then."""
    return in_turn(SAMPLE_CAMERA, sample, random)


# More than half of the windows stay good pictures: most cameras are, and what is learnt there must not be lost.
WINDOW_CHAIN: tuple[Stage[Sample], ...] = (
    (0.5, flip),
    (1.0, on_image(jitter_colour)),
    (0.4, degrade_sample),
    (0.06, damage),
)
