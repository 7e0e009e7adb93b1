"""RetinaFace on MobileNet-0.25, and the 1 MB RFB detector of the same author, with their WIDER FACE weights (MIT)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

from training.dataset.pixel_cache import Pixels
from training.errors import BrokenCheckpoint, DataMissing
from training.finders.found import FoundFaces
from training.finders.networks.retinaface import RetinaFaceNetwork
from training.finders.networks.rfb import RfbNetwork
from training.finders.picture import fit, suppress, unscale
from training.finders.priors import PriorLevel, decode, priors

LONGER_SIDE = 640  # pixels
MAX_IOU = 0.4  # the author's own
MEAN_RGB = (123.0, 117.0, 104.0)  # of ImageNet; the networks take BGR less this
RETINAFACE_LEVELS = (
    PriorLevel(stride=8, sides=(10, 20)),
    PriorLevel(stride=16, sides=(32, 64)),
    PriorLevel(stride=32, sides=(128, 256)),
)
RFB_LEVELS = (
    PriorLevel(stride=8, sides=(10, 16, 24)),
    PriorLevel(stride=16, sides=(32, 48)),
    PriorLevel(stride=32, sides=(64, 96)),
    PriorLevel(stride=64, sides=(128, 192, 256)),
)


class PriorBoxFinder:
    """A detector that tells boxes relative to priors, behind one call."""

    def __init__(
        self, network: nn.Module, levels: tuple[PriorLevel, ...], *, longer_side: int, min_score: float = 0.02
    ) -> None:
        self._network = network.eval()
        self._levels = levels
        self._longer_side = longer_side
        self._min_score = min_score

    @torch.inference_mode()
    def find(self, image: Pixels) -> FoundFaces:
        """Find faces in a uint8 RGB picture [H, W, 3]."""
        canvas, scale = fit(image, self._longer_side, fill=MEAN_RGB)
        blob = (canvas - np.asarray(MEAN_RGB, np.float32))[..., ::-1].transpose(2, 0, 1)[None]
        boxes, logits, points = self._network(torch.from_numpy(np.ascontiguousarray(blob)))
        scores = torch.softmax(logits[0], dim=1)[:, 1]
        anchors = priors(self._levels, canvas.shape[1], canvas.shape[0])
        found = decode(anchors, boxes[0].numpy(), scores.numpy(), points[0].numpy(), min_score=self._min_score)
        return unscale(suppress(found, MAX_IOU), scale)


def open_retinaface(weights: Path, *, longer_side: int = LONGER_SIDE) -> PriorBoxFinder:
    """RetinaFace from biubug6's file. Raises DataMissing without it, BrokenCheckpoint when it is another network's."""
    return PriorBoxFinder(load(RetinaFaceNetwork(), weights), RETINAFACE_LEVELS, longer_side=longer_side)


def open_rfb(weights: Path, *, longer_side: int = LONGER_SIDE) -> PriorBoxFinder:
    """RFB from biubug6's file. Raises DataMissing without it, BrokenCheckpoint when it is another network's."""
    return PriorBoxFinder(load(RfbNetwork(), weights), RFB_LEVELS, longer_side=longer_side)


def load(network: nn.Module, path: Path) -> nn.Module:
    """Fill a network with a published file of weights, every one of them."""
    if not path.is_file():
        raise DataMissing(f"no weights at {path}")
    state = torch.load(path, map_location="cpu", weights_only=True)
    state = {name.removeprefix("module."): value for name, value in state.get("state_dict", state).items()}
    try:
        network.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise BrokenCheckpoint(f"{path} belongs to another network: {error}") from error
    return network
