"""Cover some bare faces of a detector's picture: with masks, worn in every way, and with cloth.

The labels stay: a covered face is still a face, its box the same and its landmarks where they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from training.augment.drape import drape
from training.augment.hang import Style
from training.augment.paste import choose_template, put_on
from training.augment.stages import Stage
from training.augment.templates import Template
from training.augment.windows import Sample
from training.dataset.pixel_cache import Pixels
from training.geometry import Floats, face_sizes

COVERED_SHARE = 0.15  # of the pictures
FACE_SHARE = 0.6  # of such a picture's bare faces
MIN_FACE_PX = 20.0  # below, a mask is a few pixels of its colour and landmarks are guesses
LARGEST_FACE_PX = 240.0  # of larger ones there are enough with real masks, and they cost most
MOST_FACES = 6  # per picture: a crowd must not hold up the training
CLOTH_SHARE = 0.25  # of the covered faces
STYLE_SHARES = {Style.WORN: 0.6, Style.UNDER_NOSE: 0.25, Style.UNDER_CHIN: 0.15}  # a face with a chin mask is easy


def cover_stage(templates: Sequence[Template], share: float = COVERED_SHARE) -> Stage[Sample]:
    """`mask_some` as a stage for whole pictures."""
    return share, partial(mask_some, templates=templates)


def mask_some(sample: Sample, random: np.random.Generator, *, templates: Sequence[Template]) -> Sample:
    """A copy in which some bare faces wear something; the sample itself where there is no bare face.

    Only bare faces of MIN_FACE_PX to LARGEST_FACE_PX with all their landmarks are ever covered.
    """
    faces = np.flatnonzero(_is_coverable(sample))
    faces = faces[random.random(len(faces)) < FACE_SHARE]
    if not len(faces):
        return sample
    image = sample.image.copy()  # it may be a read-only view of the cache
    for face in random.permutation(faces)[:MOST_FACES]:
        _cover(image, sample.points[face], templates, random)
    return replace(sample, image=image)


def _is_coverable(sample: Sample) -> NDArray[np.bool_]:
    if sample.bare is None:
        return np.zeros(len(sample.boxes), np.bool_)
    inside = (sample.points >= 0).all(axis=(1, 2)) & (sample.points < sample.image.shape[1::-1]).all(axis=(1, 2))
    apart = np.abs(sample.points[:, 3:].mean(axis=1) - sample.points[:, :2].mean(axis=1)).max(axis=1, initial=0)
    has_extent = apart >= 0.1 * MIN_FACE_PX  # NaN is not, and lies not inside either
    sizes = face_sizes(sample.boxes)
    has_size = (sizes >= MIN_FACE_PX) & (sizes <= LARGEST_FACE_PX)
    return np.asarray(sample.bare & has_size & inside & has_extent, np.bool_)


def _cover(image: Pixels, points: Floats, templates: Sequence[Template], random: np.random.Generator) -> None:
    if random.random() < CLOTH_SHARE:
        drape(image, points, random)
        return
    style = list(STYLE_SHARES)[int(random.choice(len(STYLE_SHARES), p=list(STYLE_SHARES.values())))]
    template = choose_template(templates, points, style, random)
    put_on(image, points, template=template, style=style, random=random)
