"""A classifier's version with a second output, `appearance`: the same weights, and the same logits bit for bit."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper
from onnxruntime import InferenceSession

from common.appearances import FEATURES
from training.appearance.groups import Faces, filmed, imagined
from training.appearance.projection import FILMED_SHARE, Projection, Sample, learn, separation
from training.errors import WrongModel
from training.evaluation.checksum import sha256_of
from training.evaluation.served import read_card
from training.exporting.card import render_card
from training.exporting.draft import draft_of, publish

OUTPUT = "appearance"
LOGITS = "logits"
BATCH = 64


@dataclass(frozen=True, kw_only=True)
class WidenOrder:
    """Which classifier's folder, where to, and where the data lies."""

    source: Path
    target: Path
    data: Path
    command: str
    is_replacing: bool = False


def widen(order: WidenOrder) -> dict[str, Any]:
    """Write the target folder, and return its model.json.

    Raises WrongModel for what is no classifier or has the output already, VersionExists where the target is.
    """
    card = read_card(order.source)
    model = onnx.load(str(order.source / card.get("file", "model.onnx")))
    if card["kind"] != "classifier" or OUTPUT in [output.name for output in model.graph.output]:
        raise WrongModel(f"{order.source} is no classifier without the output {OUTPUT!r}")
    pooled = pooled_of(model)
    size, scale = int(card["input_size"]), float(card["crop_scale"])
    sets = (filmed(order.data, size, scale), FILMED_SHARE), (imagined(order.data, size), 1 - FILMED_SHARE)
    samples = [_sample(_features(model, pooled, faces), faces, share) for faces, share in sets]
    figures = _figures(samples[0], sets[0][0], samples)
    add_output(model, pooled, learn(samples, count=FEATURES))
    with draft_of(order.target, is_replacing=order.is_replacing) as draft:
        onnx.save(model, str(draft / "model.onnx"))
        described = _described(order, card, figures, sha256_of(draft / "model.onnx"))
        (draft / "model.json").write_text(json.dumps(described, indent=2) + "\n")
        (draft / "card.md").write_text(render_card(described))
        publish(draft, order.target)
    return described


def pooled_of(model: onnx.ModelProto) -> str:
    """The name of the features [N, D] that become the logits. Raises WrongModel."""
    last = [node for node in model.graph.node if LOGITS in node.output]
    if len(last) != 1 or last[0].op_type != "Gemm":
        raise WrongModel("the classifier does not end in one fully connected layer")
    return str(last[0].input[0])


def add_output(model: onnx.ModelProto, pooled: str, projection: Projection) -> None:
    """`appearance` [N, K] beside the logits, in place; its length is left as it comes."""
    weights = projection.directions.T.astype(np.float32)
    bias = (-projection.mean @ projection.directions).astype(np.float32)
    values = {f"{OUTPUT}.weight": weights, f"{OUTPUT}.bias": bias}
    model.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in values.items())
    node = helper.make_node("Gemm", [pooled, *values], [OUTPUT], transB=1, name=f"/{OUTPUT}/Gemm")
    model.graph.node.append(node)
    model.graph.output.append(helper.make_tensor_value_info(OUTPUT, onnx.TensorProto.FLOAT, ["N", len(weights)]))
    onnx.checker.check_model(model)


def _features(model: onnx.ModelProto, pooled: str, faces: Faces) -> NDArray[np.float64]:
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    shown.graph.output.append(helper.make_tensor_value_info(pooled, onnx.TensorProto.FLOAT, None))
    session = InferenceSession(shown.SerializeToString(), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    parts = [
        session.run([pooled], {name: faces.crops[start : start + BATCH].transpose(0, 3, 1, 2).astype(np.float32)})[0]
        for start in range(0, len(faces.crops), BATCH)
    ]
    return np.concatenate(parts).astype(np.float64)


def _sample(features: NDArray[np.float64], faces: Faces, share: float) -> Sample:
    return Sample(features=features, groups=faces.groups, labels=faces.labels, share=share)


def _figures(real: Sample, faces: Faces, samples: list[Sample]) -> dict[str, float]:
    """On videos of people whom the directions measured here were not learned from: every second name."""
    is_asked = np.isin(faces.people, np.unique(faces.people)[::2])
    learned = learn([_some(real, ~is_asked), *samples[1:]], count=FEATURES)
    video, person = separation(learned, _some(real, is_asked), faces.people[is_asked])
    return {"same_video": round(video, 4), "same_person_other_video": round(person, 4)}


def _some(sample: Sample, chosen: NDArray[np.bool_]) -> Sample:
    return replace(sample, features=sample.features[chosen], groups=sample.groups[chosen], labels=sample.labels[chosen])


def _described(order: WidenOrder, card: dict[str, Any], figures: dict[str, float], sha256: str) -> dict[str, Any]:
    described = {
        **card,
        "version": order.target.resolve().name,
        "sha256": sha256,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "widened_from": card["version"],
        "appearance": {"command": order.command, "separation": figures},
    }
    described.pop("file", None)
    return described
