"""The words and figures that the card of a network that outlines masks has of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SOURCE = (
    "On `fit/eval`, 120 synthetic faces that training never saw, every pixel labelled: the ONNX file with its real "
    "pre- and post-processing. IoU of the mask, mean over faces; brackets: its 95 % interval."
)
LIMITS = (
    "Outlines were learnt from pasted masks of six kinds; of real masks training knew only that the mouth is covered.",
    "The judging pictures are synthetic, too, and all wear one blue mask: real masks have no figure here.",
    "Scarves, beards in the dark and hands before the mouth can be taken for masks.",
    "Faces under 20 px are hardly outlined; serving does not ask for them.",
)


def purpose_lines(card: Mapping[str, Any]) -> list[str]:
    """What it is for."""
    return [
        f"U-Net of separable convolutions, {card['parameters']:,} parameters: how likely a mask covers each point of a "
        f"face's crop of {card['input_size']} px, as a map of half that side.",
        f"The crop is a square of {card['crop_scale']:g} x the face box's longer side.",
    ]


def figure_rows(metrics: Mapping[str, Any]) -> list[str]:
    """The table of figures."""
    wanted = metrics["wanted_iou"]
    rows = [f"| faces | of | IoU | worst tenth under | share at {wanted:g} and more |", "|---|---|---|---|---|"]
    for name, part in metrics["parts"].items():
        low, high = part["iou_interval"]
        rows.append(
            f"| {name} | {part['faces']} | {part['iou']:.3f} [{low:.3f}, {high:.3f}] | {part['iou_worst_tenth']:.3f} "
            f"| {part['share_as_wanted']:.1%} |"
        )
    return rows
