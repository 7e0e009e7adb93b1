"""The model card in words (Mitchell et al., arXiv:1810.03993), written from a finished model.json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.exporting import outliner_card

SMALL_FORGIVEN = "Small forgiven: wrong detections below the judged size do not count, as in COCO's size classes."
LIMITS = {
    "detector": (
        "Trained on a few thousand pictures: profiles, strong tilt, hands, visors and helmets are rare in them.",
        "Landmarks are guesses of teachers (YuNet, CenterFace, RetinaFace); under a mask take nose and mouth as rough.",
        "Faces under 24 px are found less often and were not judged.",
        "Backs of heads, hands before faces, statues and printed faces can be taken for faces.",
    ),
    "classifier": (
        "Wrongly worn is rare in the data, so its recall has a wide interval; a mask just under the nose is hard.",
        "Scarves and bandanas drawn over nose and mouth count as masks in one of the sources, so they often do here.",
        "Temperature and uncertainty threshold were fitted on the same validation pictures that give the figures.",
        "Faces under 24 px were trained on but not judged.",
    ),
    "fit": outliner_card.LIMITS,
}


def render_card(card: Mapping[str, Any]) -> str:
    """Markdown for one model."""
    lines = [
        f"# {card['name']} {card['version']}",
        "",
        *_purpose(card),
        "",
        f"Trained on: {'; '.join(card['trained_on'])}.",
        "",
        f"{_origin(card['command'])} Exported {card['created']}.",
        "",
        "## Figures",
        *_figures(card["kind"], card["metrics"]),
        "",
        "## Known limits",
        *(f"- {limit}" for limit in LIMITS[card["kind"]]),
        "",
        "## Licence",
        f"{card['licence']}. No training picture is part of this file; several sources are research-only or state no "
        "licence, see `docs/models.md`.",
        "",
    ]
    return "\n".join(lines)


def _origin(command: str) -> str:
    return f"Trained with: `{command}`." if command else "Trained by a script; no command of `maskwatch` does the same."


def _figures(kind: str, metrics: Mapping[str, Any]) -> list[str]:
    if kind == "fit":
        return [outliner_card.SOURCE, "", *outliner_card.figure_rows(metrics)]
    return [
        "On `masks/val.json`, which training never saw: the ONNX file with its real pre- and post-processing, faces of "
        f"{metrics['min_face_px']:g} px and more (sqrt of width x height). Brackets: 95 % intervals (AP50 by",
        "resampled pictures, shares by Wilson).",
        "",
        *(_detector_rows(metrics) if kind == "detector" else _classifier_rows(metrics)),
    ]


def _purpose(card: Mapping[str, Any]) -> list[str]:
    if card["kind"] == "fit":
        return outliner_card.purpose_lines(card)
    if card["kind"] == "classifier":
        return [
            f"EfficientNet-b0, {card['parameters']:,} parameters, on face crops of {card['input_size']} px: "
            f"{', '.join(card['classes'])}.",
            f"The crop is a square of {card['crop_scale']:g} x the face box's longer side; the logits are divided by "
            f"{card['temperature']:g}; below a probability of {card['uncertain_below']:g} the answer is uncertain.",
            *_appearance_lines(card),
        ]
    lines = [
        f"YOLO-face, {card['parameters']:,} parameters: finds faces with five landmarks, at a longer side of "
        f"{card['input_size']} px.",
    ]
    if "file" in card:
        lines.append(f"The same weights as `{card['file']}`, at a smaller input: a quarter of the multiply-adds.")
    return lines


def _appearance_lines(card: Mapping[str, Any]) -> list[str]:
    if "appearance" not in card:
        return []
    found = card["appearance"]["separation"]
    return [
        f"The weights are those of version {card['widened_from']}, and so are the logits. A second output, "
        "`appearance`, tells people apart for some minutes: of people it was not learned from, two pictures of one "
        "video are more",
        f"alike than two of different people with a probability of {found['same_video']:.3f}; two of one person from "
        f"different videos of {found['same_person_other_video']:.3f}. Made with `{card['appearance']['command']}`.",
    ]


def _detector_rows(metrics: Mapping[str, Any]) -> list[str]:
    rows = ["| pictures | faces | AP50 | AP50, small forgiven | recall at any score |", "|---|---|---|---|---|"]
    parts = {"all": metrics, **metrics["sources"]}
    for name, part in parts.items():
        ap50 = _bracketed(part["ap50"], part["ap50_interval"])
        recall = _bracketed(part["recall_any_score"], part["recall_interval"])
        forgiven = f"{part['ap50_small_forgiven']:.3f}"
        rows.append(f"| {name} ({part['pictures']}) | {part['faces']} | {ap50} | {forgiven} | {recall} |")
    point = metrics["at_min_score"]
    sentence = f"At the default score of {point['min_score']:g}: precision {point['precision']:.3f}, recall "
    return [*rows, "", SMALL_FORGIVEN, f"{sentence}{point['recall']:.3f}."]


def _classifier_rows(metrics: Mapping[str, Any]) -> list[str]:
    rows = ["| | share | of |", "|---|---|---|", _row("accuracy", metrics["accuracy"])]
    rows += [_row(f"accuracy, {source}", part) for source, part in metrics["sources"].items()]
    rows += [_row(f"recall {name}", part) for name, part in metrics["recall"].items()]
    rows += [_row(f"precision {name}", part) for name, part in metrics["precision"].items()]
    certain = metrics["when_certain"]
    rows += [_row("accuracy when certain", certain["accuracy"])]
    rows += [_row("precision no_mask when certain", certain["precision"]["no_mask"])]
    closing = (
        f"Balanced accuracy {metrics['balanced_accuracy']:.3f}; calibration error {metrics['calibration_error']:.3f}; "
        f"{metrics['uncertain_share']:.1%} of the faces are uncertain."
    )
    return [*rows, "", closing]


def _row(name: str, part: Mapping[str, Any]) -> str:
    return f"| {name} | {_bracketed(part['share'], part['interval'])} | {part['of']} |"


def _bracketed(value: float, interval: tuple[float, float]) -> str:
    return f"{value:.3f} [{interval[0]:.3f}, {interval[1]:.3f}]"
