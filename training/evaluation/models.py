"""What is judged: our detector and classifier, and detectors to compare them with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from model_api.engines.choose import EngineName
from training.errors import DataMissing, WrongModel
from training.evaluation.checksum import sha256_of
from training.evaluation.seen import FaceNamer
from training.evaluation.served import DEFAULT_ENGINE, ServedClassifier, ServedDetector, read_card
from training.finders.found import FaceFinder
from training.finders.table import CURVE_MIN_SCORE, FINDERS, open_finder

EVERY_PEER = "all"
DETECTOR, CLASSIFIER = "yoloface-server", "efficientnet-b0"  # judged unless others are named
BYTES_PER_MEGABYTE = 1_000_000
FACTS = ("name", "version", "input_size", "min_score", "nms_iou", "temperature", "uncertain_below", "parameters")


@dataclass(frozen=True, kw_only=True)
class Judges:
    """The models of one evaluation, ready to run, and what is known of them."""

    finder: FaceFinder
    namer: FaceNamer
    min_score: float  # of a served detection
    uncertain_below: float  # top probability under which the served answer is `uncertain`
    detector: Mapping[str, Any]  # name, version, sha256, megabytes and the like
    classifier: Mapping[str, Any]
    shipped_megabytes: float | None = None  # all weights beside the detector's
    peers: Mapping[str, FaceFinder] = field(default_factory=dict)


def open_pair(
    detector: Path,
    classifier: Path,
    *,
    input_size: int | None = None,
    peers: Mapping[str, FaceFinder] | None = None,
    engine: EngineName = DEFAULT_ENGINE,
) -> Judges:
    """Open two weights folders in one of the engines that serve.

    Raises DataMissing without the files, WrongModel when one is of the other kind.
    """
    finder, namer = _open_detector(detector, input_size, engine), _open_classifier(classifier, engine)
    facts = _facts(detector, finder.card)
    return Judges(
        finder=finder,
        namer=namer,
        min_score=float(finder.card["min_score"]),
        uncertain_below=float(namer.card["uncertain_below"]),
        detector={**facts, "input_size": input_size or facts["input_size"], "engine": engine},
        classifier=_facts(classifier, namer.card),
        shipped_megabytes=sum(map(_megabytes, detector.resolve().parent.parent.glob("*/*/model.onnx"))),
        peers=peers or {},
    )


def open_peers(names: Sequence[str], data: Path) -> dict[str, FaceFinder]:
    """Detectors to compare with: names of FINDERS, weights folders of ours, `all` for every name there is."""
    wanted = [one for name in names for one in (list(FINDERS) if name == EVERY_PEER else [name])]
    return {_title(name): open_finder(name, data) for name in wanted}


def _title(name: str) -> str:
    if name in FINDERS:
        return name
    card = Path(name) / "model.json"
    return "@".join(read_card(card.parent)[key] for key in ("name", "version")) if card.is_file() else name


def newest(root: Path, name: str) -> Path:
    """The folder of a model's newest version. Raises DataMissing when there is none."""
    versions = [path.parent for path in (root / name).glob("*/model.json") if path.parent.name.isdecimal()]
    if not versions:
        raise DataMissing(f"no weights of {name} in {root}; name a folder with --detector and --classifier")
    return max(versions, key=lambda folder: int(folder.name))


def _open_detector(folder: Path, input_size: int | None, engine: EngineName) -> ServedDetector:
    _expect("detector", folder)
    return ServedDetector(folder, input_size=input_size, min_score=CURVE_MIN_SCORE, engine=engine)


def _open_classifier(folder: Path, engine: EngineName) -> ServedClassifier:
    _expect("classifier", folder)
    return ServedClassifier(folder, engine=engine)


def _expect(kind: str, folder: Path) -> None:
    found = read_card(folder).get("kind")
    if found != kind:
        raise WrongModel(f"{folder} holds a {found}, not a {kind}")


def _facts(folder: Path, card: Mapping[str, Any]) -> dict[str, Any]:
    weights = folder / card.get("file", "model.onnx")
    return {
        **{name: card[name] for name in FACTS if name in card},
        "sha256": sha256_of(weights),
        "megabytes": _megabytes(weights),
    }


def _megabytes(path: Path) -> float:
    return path.stat().st_size / BYTES_PER_MEGABYTE
