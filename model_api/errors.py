"""What can go wrong with a model.

PermanentError
├── ModelNotFound      the repository has no such model or version
└── BrokenModel        its file is damaged, or its description and its file do not fit together
Unavailable
└── InferenceFailed    the engine failed on a batch; another try may work (memory ran out, …)
"""

from __future__ import annotations

from common.errors import NotFound, PermanentError, Unavailable


class ModelNotFound(NotFound):
    """The repository has no such model or version."""

    code = "model_not_found"


class BrokenModel(PermanentError):
    """The model's file is damaged, or its description is wrong."""

    code = "broken_model"


class InferenceFailed(Unavailable):
    """The engine failed on a batch."""

    code = "inference_failed"
