"""What a form that is wrong says: one message per field, never the value (it may be a password)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from console.errors import FieldError, InvalidForm

Form = TypeVar("Form", bound=BaseModel)

_PLACES = ("body", "query", "path", "header")  # where FastAPI found it, not a field


def validate(kind: type[Form], data: dict[str, Any]) -> Form:
    """The form. Raises InvalidForm with every field that is wrong."""
    try:
        return kind.model_validate(data)
    except ValidationError as exc:
        raise InvalidForm(field_errors(exc.errors())) from exc


def field_errors(errors: Sequence[Any]) -> list[FieldError]:
    """Pydantic's errors as fields and plain messages."""
    return [FieldError(field=_field(error["loc"]), message=_message(error)) for error in errors]


def _field(location: tuple[str | int, ...]) -> str:
    parts = location[1:] if location and location[0] in _PLACES else location
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return name.removeprefix(".") or "body"


def _message(error: dict[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        return "is not a known field"
    if error["type"] == "missing":
        return "is missing"
    text = str(error["msg"]).removeprefix("Value error, ")
    return text[:1].lower() + text[1:]
