"""All face finders by name. Adding one is a file and a row here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from training.errors import UnknownFinder
from training.finders.found import FaceFinder
from training.finders.packages import peer_packages

CURVE_MIN_SCORE = 0.02  # low enough for the whole precision-recall curve
WEIGHTS = "weights"  # folder inside the data folder
PEER_SIDE = 640  # pixels: YuNet as it is compared; as a teacher it looks closer


def open_finder(name: str, data: Path, *, longer_side: int | None = None) -> FaceFinder:
    """A finder by its name in FINDERS, or a detector of ours by its weights folder, at a longer side in pixels.

    Without a longer side the finder takes its own. Raises UnknownFinder for another name, DataMissing without the
    weights in `data`, PackageMissing without the package that holds them.
    """
    if name in FINDERS:
        return FINDERS[name](data / WEIGHTS, longer_side)
    if (Path(name) / "model.json").is_file():
        return _ours(Path(name), longer_side)
    known = ", ".join(FINDERS)
    raise UnknownFinder(f"no face finder {name!r}; known are {known}, and folders with the model.json of a detector")


def _yunet(file: str) -> Callable[[Path, int | None], FaceFinder]:
    def open_yunet(weights: Path, longer_side: int | None) -> FaceFinder:
        from training.finders.yunet import YuNet

        return YuNet(weights / file, longer_side=longer_side or PEER_SIDE, min_score=CURVE_MIN_SCORE)

    return open_yunet


def _retinaface(weights: Path, longer_side: int | None) -> FaceFinder:
    from training.finders.retinaface import LONGER_SIDE, open_retinaface

    return open_retinaface(weights / "retinaface-mobilenet0.25-widerface.pth", longer_side=longer_side or LONGER_SIDE)


def _rfb(weights: Path, longer_side: int | None) -> FaceFinder:
    from training.finders.retinaface import LONGER_SIDE, open_rfb

    return open_rfb(weights / "rfb-widerface.pth", longer_side=longer_side or LONGER_SIDE)


def _centerface(_: Path, longer_side: int | None) -> FaceFinder:
    from training.finders.centerface import LONGER_SIDE, CenterFace

    return CenterFace(longer_side=longer_side or LONGER_SIDE, min_score=CURVE_MIN_SCORE)


def _mtcnn(_: Path, longer_side: int | None) -> FaceFinder:
    with peer_packages():
        from training.finders.mtcnn import LONGER_SIDE, Mtcnn

    return Mtcnn(longer_side=longer_side or LONGER_SIDE, min_score=CURVE_MIN_SCORE)


def _mediapipe(_: Path, longer_side: int | None) -> FaceFinder:
    from training.finders.mediapipe import INPUT, MediaPipeFace

    return MediaPipeFace(longer_side=longer_side or INPUT, min_score=CURVE_MIN_SCORE)


def _ours(folder: Path, longer_side: int | None) -> FaceFinder:
    from training.evaluation.served import ServedDetector

    return ServedDetector(folder, input_size=longer_side, min_score=CURVE_MIN_SCORE)


FINDERS: Mapping[str, Callable[[Path, int | None], FaceFinder]] = {
    "yunet-n": _yunet("yunet_n_dynamic.onnx"),
    "yunet-s": _yunet("yunet_s_dynamic.onnx"),
    "retinaface": _retinaface,
    "rfb": _rfb,
    "centerface": _centerface,
    "mtcnn": _mtcnn,
    "mediapipe": _mediapipe,
}
