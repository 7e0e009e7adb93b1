"""Pictures of cameras whose faces are to be blurred: what stays of them."""

from __future__ import annotations

from dataclasses import dataclass

from common.domain.crop import KEPT, crop_key
from common.domain.job import Job
from common.domain.prediction import Face
from common.domain.shot import blurred_key
from common.errors import NotFound
from common.imaging import BLURRED_QUALITY, blur, cut_example, decode, encode
from common.ports.store import ObjectStore


class OriginalGone(NotFound):
    """The picture was deleted before anybody knew where its faces are: nothing is left of it."""

    code = "original_gone"


@dataclass(frozen=True, kw_only=True)
class Veil:
    """Stores a picture with its faces blurred under a key of its own, and faces at fault apart.

    Once the prediction that names that key is published, the original goes. So after a crash at any point either the
    original is still there, and all is done once more, or its prediction is on its way.
    """

    store: ObjectStore
    keeps_crops: bool = True

    def put(self, job: Job, jpeg: bytes, faces: tuple[Face, ...]) -> str:
        """Store what may stay of a picture; the key that may be told. Raises UnreadableImage."""
        key = blurred_key(job.image_key)
        if not faces:  # most pictures of most cameras: nothing to hide, nothing to compute
            self.store.put(key, jpeg)
            return key
        picture = decode(jpeg)
        # First those that no crop may show: they stand beside the others, and in the margin of their crops.
        blur(picture, [face.box for face in faces if face.label not in KEPT])
        for place, face in enumerate(faces):
            if self.keeps_crops and face.label in KEPT:
                self.store.put(crop_key(job.image_key, place), cut_example(picture, face.box))
        blur(picture, [face.box for face in faces if face.label in KEPT])
        self.store.put(key, encode(picture, quality=BLURRED_QUALITY))
        return key

    def drop_original(self, job: Job) -> None:
        """The picture as it was taken; a second time nothing happens."""
        self.store.delete([job.image_key])

    def is_settled(self, job: Job) -> bool:
        """Whether a job whose picture is gone was predicted before. Raises OriginalGone when it never was."""
        key = blurred_key(job.image_key)
        if key in self.store.list(key):
            return True
        raise OriginalGone(
            f"{job.image_key}: its camera keeps pictures with blurred faces only, and this one was deleted before its "
            "faces were found: there is nothing to predict any more"
        )
