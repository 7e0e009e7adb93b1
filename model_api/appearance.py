"""How somebody looks at the moment, in 32 bytes: see `common.appearances` for what they are.

The classifier's network has the features as a second output, already turned; the colours are those of the hair above
the face and of the clothes below it, since masks and light make faces of one camera alike, and shirts do not change.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from common.appearances import FEATURES
from common.domain.prediction import Box
from model_api.arrays import Floats, Picture, Pixels
from model_api.imaging.imaging import Imaging

OUTPUT = "appearance"  # of the classifier's network: [N, FEATURES]; one without it gives no appearances
SCALE, SIDE = 3.0, 48  # the square around the face, against the longer side of its box; and its pixels
# Rows and columns of the square, in which the face takes the middle third.
HAIR, LEFT, RIGHT = np.s_[6:15, 16:32], np.s_[36:48, 10:24], np.s_[36:48, 24:38]
MIDDLE = 128  # of L*, a*, b* as OpenCV stores them in bytes
GAINS = (0.8, 2.4, 2.4)  # light changes sooner than colours do
MOST = 127


def describe(faces: Sequence[tuple[Picture, Box]], features: Sequence[Floats], imaging: Imaging) -> list[bytes]:
    """The appearance of each face, given as its picture and its box, and its features [FEATURES].

    None at all where the features are of another length: of a network for something else. Raises InferenceFailed.
    """
    if not faces or len(features[0]) != FEATURES:
        return []
    squares = imaging.fetch(imaging.cut(faces, scale=SCALE, size=SIDE, replicate=True))
    numbers = np.concatenate([_unit(np.stack(features)), _colours(squares)], axis=1)
    return [row.tobytes() for row in np.clip(np.rint(numbers), -MOST, MOST).astype(np.int8)]


def _unit(features: Floats) -> Floats:
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(MOST * features / np.maximum(lengths, 1e-6), np.float32)


def _colours(squares: Pixels) -> Floats:
    """[N, 9]: L*, a*, b* of each of the three places, on average."""
    means = [squares[:, rows, columns].mean(axis=(1, 2)) for rows, columns in (HAIR, LEFT, RIGHT)]
    mixed = np.rint(np.stack(means, axis=1)).astype(np.uint8)  # [N, 3, 3]: as a picture of three columns
    lab = cv2.cvtColor(mixed, cv2.COLOR_RGB2LAB).astype(np.float32)
    return np.asarray(((lab - MIDDLE) * np.asarray(GAINS, np.float32)).reshape(len(squares), -1), np.float32)
