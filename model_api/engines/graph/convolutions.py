"""ONNX operators over pictures: convolving, pooling, resizing, padding. Two spatial dimensions only, as pictures have.

Source: the operator reference of ONNX, https://onnx.ai/onnx/operators/.
"""

from __future__ import annotations

import math

from torch import Tensor
from torch.nn import functional

from model_api.engines.graph.settings import one, setting
from model_api.engines.graph.step import Attributes, Inputs
from model_api.errors import BrokenModel

# ONNX's mode, way to place coordinates and way to round them -> torch's mode, and whether corners are aligned.
# Nearest neighbours of half pixels are the same as of whole ones when a side grows by a whole factor; see `resize`.
_RESIZES: dict[tuple[str, str, str], tuple[str, bool | None]] = {
    ("nearest", "asymmetric", "floor"): ("nearest", None),
    ("nearest", "half_pixel", "round_prefer_floor"): ("nearest", None),
    ("linear", "half_pixel", ""): ("bilinear", False),
    ("linear", "pytorch_half_pixel", ""): ("bilinear", False),
    ("linear", "align_corners", ""): ("bilinear", True),
}
_PADS = {"constant": "constant", "reflect": "reflect", "edge": "replicate"}


def convolve(inputs: Inputs, given: Attributes) -> Tensor:
    """Conv, in the precision of its weights."""
    x, weight, bias = one(inputs, 0), one(inputs, 1), _optional(inputs, 2)
    x, padding = _padded(x.to(weight.dtype), given, 0.0)
    stride, dilation = given.get("strides", 1), given.get("dilations", 1)
    return functional.conv2d(x, weight, bias, stride, padding, dilation, given.get("group", 1))


def convolve_transposed(inputs: Inputs, given: Attributes) -> Tensor:
    """ConvTranspose, in the precision of its weights."""
    x, weight, bias = one(inputs, 0), one(inputs, 1), _optional(inputs, 2)
    before, after = _pads(given)
    if before != after or "output_shape" in given:
        raise BrokenModel("ConvTranspose with pads that differ between sides, or a given shape, is not supported")
    stride, extra = given.get("strides", 1), given.get("output_padding", 0)
    group, dilation = given.get("group", 1), given.get("dilations", 1)
    return functional.conv_transpose2d(x.to(weight.dtype), weight, bias, stride, before, extra, group, dilation)


def max_pool(inputs: Inputs, given: Attributes) -> Tensor:
    """MaxPool without indices."""
    x, padding = _padded(one(inputs, 0), given, -math.inf)
    stride, dilation = given.get("strides", 1), given.get("dilations", 1)
    return functional.max_pool2d(x, given["kernel_shape"], stride, padding, dilation, bool(given.get("ceil_mode", 0)))


def average_pool(inputs: Inputs, given: Attributes) -> Tensor:
    """AveragePool."""
    before, after = _pads(given)
    if before != after:
        raise BrokenModel("AveragePool with pads that differ between sides is not supported")
    counted = bool(given.get("count_include_pad", 0))
    stride, ceil = given.get("strides", 1), bool(given.get("ceil_mode", 0))
    return functional.avg_pool2d(one(inputs, 0), given["kernel_shape"], stride, before, ceil, counted)


def pool_globally(inputs: Inputs, _given: Attributes) -> Tensor:
    """GlobalAveragePool."""
    return one(inputs, 0).mean(dim=(2, 3), keepdim=True)


def resize(inputs: Inputs, given: Attributes) -> Tensor:
    """Resize in the ways that torch has, too; any other is refused."""
    x, scales, sizes = one(inputs, 0), setting(inputs, 2), setting(inputs, 3)
    mode, placing = given.get("mode", "nearest"), given.get("coordinate_transformation_mode", "half_pixel")
    rounding = given.get("nearest_mode", "round_prefer_floor") if mode == "nearest" else ""
    known = _RESIZES.get((mode, placing, rounding))
    factors = scales or [size / side for size, side in zip(sizes or (), x.shape, strict=True)]
    grows = all(factor >= 1 and float(factor).is_integer() for factor in factors)
    if known is None or factors[:2] != [1, 1] or (mode == "nearest" and placing == "half_pixel" and not grows):
        raise BrokenModel(f"Resize {mode}, {placing}, {rounding or '-'} by {factors} is not supported")
    if sizes:
        return functional.interpolate(x, size=sizes[2:], mode=known[0], align_corners=known[1])
    return functional.interpolate(x, scale_factor=scales[2:], mode=known[0], align_corners=known[1])  # type: ignore[index]


def pad(inputs: Inputs, given: Attributes) -> Tensor:
    """Pad."""
    x, pads, value = one(inputs, 0), setting(inputs, 1) or given.get("pads"), setting(inputs, 2)
    axes = setting(inputs, 3) or list(range(x.dim()))
    mode = given.get("mode", "constant")
    if mode not in _PADS or pads is None:
        raise BrokenModel(f"Pad {mode} is not supported")
    ends = dict.fromkeys(range(x.dim()), (0, 0))
    ends.update({axis % x.dim(): (pads[place], pads[place + len(axes)]) for place, axis in enumerate(axes)})
    flat = [end for axis in reversed(range(x.dim())) for end in ends[axis]]
    if mode != "constant":
        flat = flat[: 2 * (x.dim() - 2)]  # torch repeats edges of the last dimensions only
    return functional.pad(x, flat, _PADS[mode], (value or [0])[0] if mode == "constant" else None)


def _optional(inputs: Inputs, place: int) -> Tensor | None:
    return inputs[place] if place < len(inputs) else None


def _pads(given: Attributes) -> tuple[list[int], list[int]]:
    if given.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
        raise BrokenModel(f"auto_pad {given['auto_pad']} is not supported")
    pads = list(given.get("pads", [0, 0, 0, 0]))
    return pads[:2], pads[2:]


def _padded(x: Tensor, given: Attributes, value: float) -> tuple[Tensor, list[int]]:
    """The input, padded where its sides differ, and the padding that is left to do."""
    before, after = _pads(given)
    if before == after:
        return x, before
    return functional.pad(x, [before[1], after[1], before[0], after[0]], "constant", value), [0, 0]
