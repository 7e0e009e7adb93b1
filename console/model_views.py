"""Models as the API shows them."""

from __future__ import annotations

from typing import Any

from console.modelling import AliasChange, ModelVersion

ABOUT = ("created", "licence", "input_size", "parameters", "trained_on", "metrics")  # of a description, in a list


def model_version_json(one: ModelVersion) -> dict[str, Any]:
    """Without its card and most of its description."""
    return {
        "name": one.name,
        "version": one.version,
        "alias": one.alias,
        "kind": one.kind,
        "error": one.error,
        "sha256": one.sha256,
        "weight_bytes": one.weight_bytes,
        **{name: one.description.get(name) for name in ABOUT},
    }


def alias_change_json(change: AliasChange) -> dict[str, Any]:
    """One change of who answers."""
    return {
        "at": change.at,
        "by": change.by,
        "action": change.action,
        "model": change.model,
        "from": change.before,
        "to": change.after,
    }
