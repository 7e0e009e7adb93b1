"""Faces that are kept apart for a short while, where pictures stay only with faces blurred."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from common.domain.prediction import Label
from common.domain.shot import BLURRED, PICTURES

CROPS = "crops/"  # every kept face's key begins so
KEPT = (Label.NO_MASK, Label.MASK_INCORRECT)  # whose faces: those of people at fault
_KEY = re.compile(rf"{CROPS}([^/]+)/\d{{4}}/\d\d/\d\d/(\1-(\d{{1,14}}))(?:\.\d{{1,18}})?\.face(\d{{1,5}})\.jpg")


@dataclass(frozen=True, kw_only=True)
class CropParts:
    """What a crop's key says of it."""

    camera_id: str
    shot_id: str
    scheduled_at: datetime  # to the millisecond
    face: int  # its place in the prediction


def crop_key(image_key: str, face: int) -> str:
    """Where the face of a picture lies, named by either key of the picture: by camera and day, as pictures do."""
    picture = image_key.removeprefix(PICTURES).removesuffix(".jpg").removesuffix(BLURRED)
    return f"{CROPS}{picture}.face{face}.jpg"


def read_crop_key(key: str) -> CropParts | None:
    """The opposite of `crop_key`; None for a key that is none of ours."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    at = datetime.fromtimestamp(int(found[3]) / 1000, tz=UTC)
    return CropParts(camera_id=found[1], shot_id=found[2], scheduled_at=at, face=int(found[4]))
