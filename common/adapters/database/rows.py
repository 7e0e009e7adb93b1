"""Domain values to rows and back, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import RowMapping

Value = TypeVar("Value")


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}  # made once per kind: that costs milliseconds


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def to_row(value: Any) -> dict[str, Any]:
    """Its fields: instants as they are (the column type knows them), everything else as JSON would have it."""
    plain: dict[str, Any] = _adapter(type(value)).dump_python(value, mode="json")
    instants = {name: getattr(value, name) for name in plain}
    return {name: instants[name] if isinstance(instants[name], datetime) else plain[name] for name in plain}


def from_row(kind: type[Value], row: RowMapping | Mapping[str, Any]) -> Value:
    """The value a row holds; columns it has no field for are ignored."""
    value: Value = _adapter(kind).validate_python(dict(row))
    return value
