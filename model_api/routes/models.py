"""GET /v1/models: which models answer, and how a challenger does beside them."""

from __future__ import annotations

from fastapi import FastAPI

from model_api.local import LocalDetector
from model_api.models_answer import ModelsAnswer


def add_model_list(app: FastAPI, detector: LocalDetector) -> None:
    """Add the endpoint."""

    @app.get("/v1/models", tags=["models"])
    def models() -> ModelsAnswer:
        """The models that answer, with their versions and checksums; what a challenger found on the same pictures."""
        return detector.models()
