"""docker-compose.yml, as far as it can be read without Docker."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return content


def _mounts(service: dict[str, Any]) -> dict[str, str]:
    """The places in the container -> the volumes there."""
    pairs = (mount.split(":")[:2] for mount in service.get("volumes", ()))
    return {place: volume for volume, place in pairs}


def test_which_version_answers_survives_the_model_api_s_container(compose: dict[str, Any]) -> None:
    """Its aliases lie in MASKWATCH_DATA, and all its replicas must read the same."""
    dockerfile = (ROOT / "deploy" / "docker" / "Dockerfile").read_text(encoding="utf-8")
    found = re.search(r"MASKWATCH_DATA=(\S+)", dockerfile)
    assert found is not None
    model_api = compose["services"]["model-api"]
    assert not {"MASKWATCH_DATA", "MASKWATCH_ALIASES", "MASKWATCH_MODELS"} & set(model_api["environment"])
    assert _mounts(model_api)[found[1]] in compose["volumes"]


def test_every_volume_is_declared_and_used_by_one_service(compose: dict[str, Any]) -> None:
    users: dict[str, set[str]] = {volume: set() for volume in compose["volumes"]}
    for name, service in compose["services"].items():
        for volume in _mounts(service).values():
            users[volume].add(name)
    assert users.pop("models") == {
        "model-api",
        "console",
    }  # what the console promotes is what the models' API answers by
    assert all(len(names) == 1 for names in users.values())
