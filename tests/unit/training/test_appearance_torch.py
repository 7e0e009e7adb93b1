"""The classifier's second output: learned directions, and a network that has them beside its logits."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession

from training.appearance.projection import Projection, Sample, learn, separation
from training.appearance.widen import add_output, pooled_of
from training.errors import WrongModel

DIRECTIONS = 4


def _people(random: np.random.Generator, *, is_masked: bool) -> Sample:
    """60 people in three pictures each: they differ in the first four of 12 features, pictures in the next four."""
    people = np.repeat(random.normal(size=(60, DIRECTIONS)), 3, axis=0)
    moment = 2 * random.normal(size=(180, DIRECTIONS))
    rest = 0.1 * random.normal(size=(180, DIRECTIONS))
    labels = np.where(np.arange(180) % 2, "no_mask", "mask_correct") if is_masked else np.full(180, "no_mask")
    rest[:, 0] += 4 * (labels == "mask_correct")  # the mask is what one sees first
    days = np.asarray([f"p{number // 3:02} {number % 3 // 2}" for number in range(180)])  # two pictures, and one
    return Sample(features=np.hstack([people, moment, rest]), groups=days, labels=labels, share=0.5)


def test_people_are_told_apart_by_what_stays_and_not_by_their_mask() -> None:
    random = np.random.default_rng(1)
    bare, mixed = _people(random, is_masked=False), _people(random, is_masked=True)
    learned = learn([bare, mixed], count=DIRECTIONS)
    fresh = _people(random, is_masked=True)
    whose = np.asarray([day.split()[0] for day in fresh.groups])
    assert min(separation(learned, fresh, whose)) > 0.97
    unlearned = Projection(mean=learned.mean, directions=np.eye(12))
    assert max(separation(unlearned, fresh, whose)) < 0.8


def _network() -> onnx.ModelProto:
    random = np.random.default_rng(2)
    weights = {
        "weight": random.normal(size=(3, 12)).astype(np.float32),
        "bias": random.normal(size=3).astype(np.float32),
    }
    nodes = [
        helper.make_node("Flatten", ["crops"], ["pooled"]),
        helper.make_node("Gemm", ["pooled", *weights], ["logits"], transB=1),
    ]
    graph = helper.make_graph(
        nodes,
        "judge",
        [helper.make_tensor_value_info("crops", TensorProto.FLOAT, ["N", 3, 2, 2])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 3])],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)


def test_the_network_says_both_and_its_logits_stay_bit_for_bit() -> None:
    random = np.random.default_rng(3)
    learned = learn([_people(random, is_masked=True)], count=DIRECTIONS)
    crops = random.normal(size=(5, 3, 2, 2)).astype(np.float32)
    before, after = _network(), _network()
    add_output(after, pooled_of(after), learned)
    plain = InferenceSession(before.SerializeToString()).run(["logits"], {"crops": crops})[0]
    logits, looks = InferenceSession(after.SerializeToString()).run(["logits", "appearance"], {"crops": crops})
    assert (logits == plain).all()
    turned = (crops.reshape(5, 12) - learned.mean) @ learned.directions
    assert looks == pytest.approx(turned, abs=1e-3)


def test_a_network_that_ends_otherwise_is_refused() -> None:
    network = _network()
    network.graph.node[1].output[0] = "something"
    with pytest.raises(WrongModel):
        pooled_of(network)
