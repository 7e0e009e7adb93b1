"""JPEGs decoded by the GPU: nvJPEG, by torchvision."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from importlib import import_module

import cv2
import numpy as np
import structlog
import torch
from torch import Tensor

from model_api.decode import Limits, decode

log = structlog.get_logger(__name__)

# Encoded pictures -> uint8 RGB [3, H, W] of each on the device, done; raises RuntimeError when one of them is not read.
DecodeJpegs = Callable[[Sequence[bytes]], list[Tensor]]

MOST_LEVELS = 2.0  # of 255, that the trial may differ from the host's decoder on average


def open_nvjpeg(device: torch.device) -> DecodeJpegs | None:
    """None where torchvision is not there, has no nvJPEG, or shows another picture than the host's decoder."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns when its own decoders cannot be loaded; the trial tells better
            io = import_module("torchvision.io")
    except (ImportError, OSError, RuntimeError) as exc:  # of another torch: RuntimeError
        log.info("nvjpeg.absent", error=str(exc))
        return None

    def decode_jpegs(pictures: Sequence[bytes]) -> list[Tensor]:
        given = [torch.frombuffer(bytearray(data), dtype=torch.uint8) for data in pictures]
        try:
            decoded: list[Tensor] = io.decode_jpeg(given, mode=io.ImageReadMode.RGB, device=device)
            return decoded
        finally:
            # It writes in a stream of its own, and may go on when it fails: into memory that is free again by then
            # (pytorch/vision#9606).
            torch.cuda.synchronize(device)

    reason = why_unfit(decode_jpegs)
    if reason:
        log.warning("nvjpeg.unfit", reason=reason)
        return None
    return decode_jpegs


def why_unfit(decode_jpegs: DecodeJpegs) -> str | None:
    """What a trial says against a decoder; None when it reads two pictures as the host's does."""
    y, x = np.mgrid[0:96, 0:160]
    drawn = np.stack([x, y * 2, 255 - x], axis=2).astype(np.uint8)
    encoded = [cv2.imencode(".jpg", each)[1].tobytes() for each in (drawn, np.ascontiguousarray(drawn[..., 0]))]
    try:
        shown = [each.permute(1, 2, 0).cpu().numpy() for each in decode_jpegs(encoded)]
    except RuntimeError as exc:
        return str(exc).partition("\n")[0]
    expected = [decode(data, Limits()) for data in encoded]
    if [each.shape for each in shown] != [each.shape for each in expected]:
        return "it gives pictures of another size"
    off = max(float(np.abs(ours.astype(int) - theirs).mean()) for ours, theirs in zip(shown, expected, strict=True))
    return None if off < MOST_LEVELS else f"its pictures are {off:.1f} levels off"
