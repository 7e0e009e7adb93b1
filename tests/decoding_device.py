"""A device that needs no GPU: torch on the CPU, and libjpeg-turbo in nvJPEG's place."""

from __future__ import annotations

from collections.abc import Sequence

import simplejpeg
import torch

from model_api.engines.device.place import Cpu
from model_api.imaging.torch import TorchImaging


class Decoder:
    """As nvJPEG by torchvision: all of a list or RuntimeError, never turned upright; remembers what it was given."""

    def __init__(self, *, refuses: bytes | None = None) -> None:
        self.refuses = refuses
        self.batches: list[list[bytes]] = []

    def __call__(self, pictures: Sequence[bytes]) -> list[torch.Tensor]:
        self.batches.append(list(pictures))
        if self.refuses in pictures:
            raise RuntimeError("Error while decoding JPEG images: Failed to parse jpeg stream: 3\nmore of it")
        decoded = [simplejpeg.decode_jpeg(data, colorspace="RGB") for data in pictures]
        return [torch.from_numpy(each.transpose(2, 0, 1).copy()) for each in decoded]


def imaging(decoder: Decoder | None = None) -> TorchImaging:
    """What pictures are prepared with on a GPU, on the CPU."""
    return TorchImaging(Cpu(), decode_jpegs=decoder)
