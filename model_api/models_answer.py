"""The JSON of GET /v1/models."""

from __future__ import annotations

from typing_extensions import TypedDict  # pydantic needs this one before Python 3.12

from model_api.shadow_tally import ShadowSummary


class ModelState(TypedDict):
    """One model that answers now."""

    name: str
    kind: str
    serving: str  # the version that answers
    sha256: str  # of its weights
    champion: str | None  # the version that was chosen to answer; None: the newest was taken at the start
    challenger: str | None
    versions: list[str]  # in the repository, the newest last


class ModelsAnswer(TypedDict):
    """What answers; `refused` says why something newer does not, `shadow` how the challenger does."""

    engine: str | None  # what runs the models: onnx, openvino or torch
    device: str | None  # cpu or cuda
    models: list[ModelState]
    refused: str | None
    shadow: ShadowSummary | None
