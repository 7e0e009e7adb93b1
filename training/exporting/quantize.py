"""An ONNX file with 8-bit weights and activations (Jacob et al., arXiv:1712.05877), by ONNX Runtime's static quantiser.

Convolutions become 8-bit, calibrated on real pictures; what turns their outputs into boxes, scores and landmarks stays
float32: a coordinate of 600 px in 8 bits would be off by two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import onnx
import onnxslim
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from training.geometry import Floats

QUANTISED = ("Conv",)


class _Pictures(CalibrationDataReader):  # type: ignore[misc]
    """Feeds the calibration pictures one by one."""

    def __init__(self, name: str, pictures: Sequence[Floats]) -> None:
        self._rows: Iterator[dict[str, Floats]] = iter([{name: picture} for picture in pictures])

    def get_next(self) -> dict[str, Floats] | None:
        return next(self._rows, None)


def quantize(source: Path, target: Path, pictures: Sequence[Floats], *, kept: Sequence[str] = ()) -> None:
    """Write the 8-bit version of `source`; `pictures` float32 [1, 3, H, W], RGB 0..255, all of one size.

    Nodes whose name contains one of `kept` stay float32.
    """
    model = onnxslim.slim(onnx.load(str(source)))  # folds the casts of the stored half-precision weights
    skipped = [node.name for node in model.graph.node if any(part in node.name for part in kept)]
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        onnx.save(model, str(whole))
        quantize_static(
            str(whole),
            str(target),
            _Pictures(model.graph.input[0].name, pictures),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(QUANTISED),
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            nodes_to_exclude=skipped,
            extra_options={"ActivationSymmetric": False, "WeightSymmetric": True},
        )
