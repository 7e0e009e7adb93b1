"""Where on a face a mask's six points go: worn well, under the nose, under the chin."""

from __future__ import annotations

from enum import Enum

import numpy as np

from training.augment.outline import Outline
from training.geometry import Floats


class Style(Enum):
    """How a mask is worn, and by that its label."""

    WORN = "worn"
    UNDER_NOSE = "under_nose"  # the nose is free, the mouth covered
    UNDER_CHIN = "under_chin"  # nose and mouth are free, the mask hangs around the chin or the neck

    @property
    def label(self) -> str:
        """The classifier's label of such a face."""
        return "mask_correct" if self is Style.WORN else "mask_incorrect"


SHAKE = 0.025  # of the distance from eyes to mouth: no two masks sit alike


def hang(outline: Outline, style: Style, random: np.random.Generator) -> Floats:
    """The places [6, 2] of a mask's points a to f in the face's frame, a little different every time."""
    places = {Style.WORN: _worn, Style.UNDER_NOSE: _under_nose, Style.UNDER_CHIN: _under_chin}[style](outline, random)
    shaken = places + random.normal(0, SHAKE, places.shape)
    if style is not Style.WORN:  # the upper edge's middle decides what is free: it moves only within its range
        shaken[1] = places[1]
    return np.asarray(shaken, np.float32)


def must_be_free(face: Outline, style: Style) -> Floats:
    """The points [K, 2] in the face's frame that this style leaves uncovered; none for a mask worn well."""
    nose = np.stack([face.five[2], *face.nostril, face.nose_base])
    if style is Style.UNDER_NOSE:
        return nose
    if style is Style.UNDER_CHIN:
        return np.concatenate([nose, face.five[3:], face.lower_lip[None]])
    return nose[:0]


def _worn(face: Outline, random: np.random.Generator) -> Floats:
    cheek = _between(face.cheek, face.jowl, random.uniform(0.25, 0.75))
    bridge = _between(face.bridge, face.five[2], random.uniform(-0.15, 0.4))
    bridge = np.asarray([_within(bridge[0], cheek[:, 0], 0.1), bridge[1]])
    chin = face.chin + (0, random.uniform(0.02, 0.2))
    jaw = face.jaw + (0, random.uniform(-0.05, 0.1))
    return _six(cheek, bridge, jaw, chin)


def _under_nose(face: Outline, random: np.random.Generator) -> Floats:
    lowest = max(float(face.nostril[:, 1].max()), float(face.nose_base[1]))
    cheek = _between(face.cheek, face.jowl, random.uniform(0.7, 1.25))
    cheek = np.stack([cheek[:, 0], np.maximum(cheek[:, 1], face.five[2, 1] + 0.05)], axis=1)
    top = np.asarray([_within(face.nose_base[0], cheek[:, 0], 0.12), lowest + random.uniform(0.08, 0.17)])
    drop = random.uniform(0.12, 0.35)
    return _six(cheek, top, face.jaw + (0, drop / 2), face.chin + (0, drop))


def _under_chin(face: Outline, random: np.random.Generator) -> Floats:
    lip, chin = float(face.lower_lip[1]), float(face.chin[1])
    cheek = _between(face.jowl, face.jaw, random.uniform(0.2, 0.8))
    middle = _within(face.chin[0], cheek[:, 0], 0.3)
    top = np.asarray([middle, lip + 0.1 + random.uniform(0.1, 0.9) * max(chin - lip - 0.1, 0.1)])
    bottom = max(chin, float(top[1])) + random.uniform(0.3, 0.6)
    inward = random.uniform(0.75, 0.95)  # a neck is narrower than a jaw
    jaw = np.stack(
        [top[0] + (face.jaw[:, 0] - top[0]) * inward, np.full(2, bottom - random.uniform(0.15, 0.3))], axis=1
    )
    return _six(cheek, top, jaw, np.asarray([top[0], bottom]))


def _within(value: float, ends: Floats, share: float) -> float:
    """The value, kept from the ends [2] by this share of their distance: a map must not fold on a profile."""
    room = share * float(ends[1] - ends[0])
    return float(np.clip(value, ends[0] + room, ends[1] - room))


def _between(first: Floats, second: Floats, share: float) -> Floats:
    return np.asarray(first + (second - first) * share, np.float32)


def _six(cheek: Floats, top: Floats, jaw: Floats, chin: Floats) -> Floats:
    return np.stack([cheek[0], top, cheek[1], jaw[0], chin, jaw[1]]).astype(np.float32)
