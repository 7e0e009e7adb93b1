"""The U-Net's checkpoint -> the folder that serving reads, measured on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from model_api.networks.unet import ServedUNet, UNet
from training.dataset.crops import CROP_PADDING
from training.errors import InvalidOption
from training.evaluation.outlines import OutlineTest, evaluate_outlines
from training.exporting.onnx_file import export_onnx
from training.exporting.order import ExportOrder, count, finish, identity, load_weights, write_description
from training.fit.sample import CROP_SCALE, CROP_SIZE

DATA = (
    "fit/faces68 (YouTube Faces) with masks of fit/templates (MaskTheFace, MIT) pasted on",
    "masks/train (kaggle853, ilc2021, mask1510) and crops (wangzt, shiraz, kary_real, kary_part2): bare faces, and the "
    "middle of masks worn well",
)


def export_outliner(order: ExportOrder, draft: Path) -> dict[str, Any]:
    """Write the U-Net into the draft and measure the file. Raises InvalidOption without outlined faces."""
    if order.outlined is None:
        raise InvalidOption("a network that outlines masks is measured on outlined faces: none were given")
    network = UNet()
    load_weights(network, order.checkpoint)
    export_onnx(
        ServedUNet(network),
        torch.rand(1, 3, CROP_SIZE, CROP_SIZE) * 255,
        draft / "model.onnx",
        input_name="crops",
        output_names=("mask",),
        dynamic_axes={"crops": {0: "N"}, "mask": {0: "N"}},
    )
    card: dict[str, Any] = {
        **identity(order, "fit"),
        "input_size": CROP_SIZE,
        "crop_scale": CROP_SCALE,
        "crop_padding": CROP_PADDING,
        "trained_on": list(DATA),
        "parameters": count(network),
    }
    write_description(draft, card)
    return finish(draft, card, evaluate_outlines(OutlineTest(weights=draft, faces=order.outlined)))
