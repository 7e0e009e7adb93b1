"""Pictures in a GPU's memory: decoded there by nvJPEG, or brought there once; cut and scaled by torch.

Only the host's decoders know all that people send: what is no plain JPEG, and what nvJPEG does not read, is theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import structlog
import torch
from torch import Tensor

from common.domain.prediction import Box
from model_api import letterbox
from model_api.arrays import Batch, Picture, Pixels
from model_api.crops import crop_face, square_of
from model_api.decode import MODEST_PIXELS, Limits, decode_reduced, inspect
from model_api.engines.device.failures import first_line
from model_api.engines.device.place import Cuda, Place
from model_api.engines.native import native_call
from model_api.errors import InferenceFailed
from model_api.exif import turn_of
from model_api.imaging.host import HostImaging
from model_api.imaging.imaging import Encoded
from model_api.imaging.nvjpeg import DecodeJpegs, open_nvjpeg
from model_api.imaging.sampling import cut_squares, letterboxed, steps
from model_api.letterbox import Letterbox

log = structlog.get_logger(__name__)

T = TypeVar("T")


class TorchImaging:
    """A picture is a tensor [H, W, 3] on the device, or still an array: what is made of it is on the device.

    Only modest pictures are brought there, 2.4 GB in a batch of 64, of which two may be in work; the host decodes
    larger ones reduced.
    """

    def __init__(self, place: Place, *, decode_jpegs: DecodeJpegs | None) -> None:
        """Without `decode_jpegs` the host decodes all pictures."""
        self._place = place
        self._decode_jpegs = decode_jpegs
        self._host = HostImaging()

    def open(self, data: bytes, limits: Limits, *, useful_side: int) -> tuple[Picture | Encoded, int, int]:
        """Not decoded where nvJPEG can do that."""
        header = inspect(data, limits)
        if self._decode_jpegs is None or not header.is_common_jpeg or header.width * header.height > MODEST_PIXELS:
            return decode_reduced(data, limits, useful_side=useful_side)
        encoded = Encoded(data=data, width=header.width, height=header.height, orientation=header.orientation)
        return encoded, *header.upright_size

    def load(self, pictures: Sequence[Picture | Encoded]) -> list[Picture | None]:
        """Decoded together; what the device has no memory for stays on the host."""
        return self._work(lambda: self._load(pictures), instead=lambda: _left_on_host(pictures), of=len(pictures))

    def place(self, pictures: Sequence[Picture], boxes: Sequence[Letterbox]) -> Batch:
        """The detector's input [N, H, W, 3]."""

        def instead() -> Batch:
            return self._host.place([_on_host(picture) for picture in pictures], boxes)

        return self._work(lambda: self._placed(pictures, boxes), instead=instead, of=len(pictures))

    def cut(self, faces: Sequence[tuple[Picture, Box]], *, scale: float, size: int, replicate: bool) -> Batch:
        """The square [N, size, size, 3] around each face."""

        def instead() -> Batch:
            on_host = [(_on_host(picture), box) for picture, box in faces]
            return self._host.cut(on_host, scale=scale, size=size, replicate=replicate)

        return self._work(lambda: self._crops(faces, scale, size, replicate), instead=instead, of=len(faces))

    def fetch(self, batch: Batch) -> Pixels:
        """Small: it waits for the device once."""
        return _on_host(batch)

    def _work(self, work: Callable[[], T], *, instead: Callable[[], T], of: int) -> T:
        """Done on the device before it returns, so that whoever goes on may do so in another stream.

        `instead` where its memory is full: an engine that lacks memory, too, frees what it keeps.
        """
        try:
            with native_call(), torch.inference_mode(), self._place.alone():
                done = work()
                self._place.wait()
                return done
        except torch.OutOfMemoryError as exc:
            log.warning("imaging.memory_full", pictures=of, error=first_line(exc))
        except RuntimeError as exc:
            raise InferenceFailed(f"the device failed to prepare {of} pictures: {first_line(exc)}") from exc
        torch.cuda.empty_cache()
        return instead()

    def _load(self, pictures: Sequence[Picture | Encoded]) -> list[Picture | None]:
        decoded = iter(self._decoded([each for each in pictures if isinstance(each, Encoded)]))
        return [next(decoded) if isinstance(each, Encoded) else self._brought(each) for each in pictures]

    def _brought(self, picture: Picture) -> Picture:
        if isinstance(picture, Tensor) or picture.shape[0] * picture.shape[1] > MODEST_PIXELS:
            return picture
        return torch.from_numpy(picture).to(self._place.device)

    def _decoded(self, pictures: Sequence[Encoded]) -> list[Tensor | None]:
        """Together; where that fails, each on its own, so that a bad one fails alone."""
        together = self._try(pictures) if pictures else []
        if together is None:
            return [None if shown is None else shown[0] for shown in map(self._try, [[each] for each in pictures])]
        return together

    def _try(self, pictures: Sequence[Encoded]) -> list[Tensor | None] | None:
        if self._decode_jpegs is None:
            return None
        try:
            shown = self._decode_jpegs([picture.data for picture in pictures])
        except torch.OutOfMemoryError:
            raise
        except RuntimeError as exc:
            log.info("nvjpeg.refused", pictures=len(pictures), error=first_line(exc))
            return None
        return [_upright(each, picture) for each, picture in zip(shown, pictures, strict=True)]

    def _placed(self, pictures: Sequence[Picture], boxes: Sequence[Letterbox]) -> Tensor:
        width, height = boxes[0].padded
        canvas = torch.full((len(boxes), 3, height, width), float(letterbox.FILL), device=self._place.device)
        for target, picture, box in zip(canvas, pictures, boxes, strict=True):
            across, down = box.inside
            if isinstance(picture, Tensor):
                target[:, :down, :across] = letterboxed(picture, box)
            else:
                target.copy_(torch.from_numpy(box.place(picture)).permute(2, 0, 1))
        return _as_pixels(canvas)

    def _crops(self, faces: Sequence[tuple[Picture, Box]], scale: float, size: int, replicate: bool) -> Tensor:
        """Those of one picture that need the same steps share them."""
        crops = torch.empty((len(faces), 3, size, size), device=self._place.device)
        alike: dict[tuple[int, tuple[int, int]], list[int]] = defaultdict(list)
        squares = [square_of(box, scale) for _, box in faces]
        for place, (picture, box) in enumerate(faces):
            if isinstance(picture, Tensor):
                alike[id(picture), steps(squares[place][2], size)].append(place)
            else:
                cut = crop_face(picture, box, scale=scale, size=size, replicate=replicate)
                crops[place].copy_(torch.from_numpy(cut).permute(2, 0, 1))
        for places in alike.values():
            same = [squares[place] for place in places]
            crops[places] = cut_squares(faces[places[0]][0], same, size=size, replicate=replicate)
        return _as_pixels(crops)


def open_on_cuda() -> TorchImaging:
    """On the GPU that runs the networks; with nvJPEG where it is there."""
    place = Cuda()
    with place.alone():
        decode_jpegs = open_nvjpeg(place.device)
    log.info("imaging.opened", device=str(place.device), nvjpeg=decode_jpegs is not None)
    return TorchImaging(place, decode_jpegs=decode_jpegs)


def _upright(shown: Tensor, picture: Encoded) -> Tensor | None:
    """[3, H, W] as [H, W, 3]; None when it has not the size that its header says."""
    if shown.shape != (3, picture.height, picture.width):
        return None
    turn = turn_of(picture.orientation)
    axes = [axis for axis, is_mirrored in ((1, turn.across), (0, turn.down)) if is_mirrored]
    upright = shown.permute(2, 1, 0) if turn.swaps else shown.permute(1, 2, 0)
    return upright.flip(axes) if axes else upright


def _as_pixels(planes: Tensor) -> Tensor:
    """float32 [N, 3, H, W] as uint8 [N, H, W, 3], where it lies."""
    return planes.round_().clamp_(0, 255).to(torch.uint8).permute(0, 2, 3, 1)


def _on_host(picture: Picture) -> Pixels:
    return np.ascontiguousarray(picture.cpu().numpy()) if isinstance(picture, Tensor) else picture


def _left_on_host(pictures: Sequence[Picture | Encoded]) -> list[Picture | None]:
    return [None if isinstance(picture, Encoded) else picture for picture in pictures]
