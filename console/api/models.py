"""models, runs, datasets: which versions answer, and how they came about"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from common.domain.user import Area, Role
from common.errors import NotFound, TransientError
from console.api.access import Desk, require
from console.api.answers import Page, answers
from console.api.parameters import listing
from console.api.shapes.models import (
    AliasChangeAnswer,
    DatasetsAnswer,
    ModelAnswer,
    ModelVersionAnswer,
    RunAnswer,
    RunsAnswer,
    ServingAnswer,
)
from console.auth import Identity
from console.model_views import alias_change_json, model_version_json
from console.modelling import Records

router = APIRouter(tags=["models"])

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.MODELS))]
Admin = Annotated[Identity, Depends(require(Role.ADMIN, Area.MODELS, everywhere=True))]  # all cameras get other eyes

VersionName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=64)]


class Candidate(BaseModel):
    """The version that is to be tried beside the champion."""

    model_config = ConfigDict(extra="forbid")
    version: VersionName


class Promotion(BaseModel):
    """The version that is to answer; the challenger when it is left out."""

    model_config = ConfigDict(extra="forbid")
    version: VersionName | None = None


@router.get("/models", responses=answers(Page[ModelVersionAnswer]))
def list_models(console: Desk, _who: Viewer) -> dict[str, Any]:
    """Every version of every model in the repository; `alias` says which one answers, and which is tried beside it."""
    return listing([model_version_json(one) for one in console.known_models().shelf.versions()], None)


@router.get("/models/serving", responses=answers(ServingAnswer))
def serving_models(console: Desk, _who: Viewer) -> dict[str, Any]:
    """Which models answer now, by what engine; what is refused, and what a challenger found on the same pictures.

    `error` says why nobody can tell.
    """
    try:
        return {"error": None, **console.known_models().looking.serving()}
    except TransientError as exc:
        return {"error": str(exc), "engine": None, "device": None, "models": [], "refused": None, "shadow": None}


@router.get("/models/history", responses=answers(Page[AliasChangeAnswer]))
def list_model_changes(console: Desk, _who: Viewer) -> dict[str, Any]:
    """Who let which version answer, or be tried, when; the latest first."""
    return listing([alias_change_json(one) for one in reversed(console.known_models().shelf.history())], None)


@router.get("/models/{name}/{version}", responses=answers(ModelAnswer))
def get_model(name: str, version: str, console: Desk, _who: Viewer) -> dict[str, Any]:
    """One version with its card (Markdown) and its whole description: data, command, figures."""
    for one in console.known_models().shelf.versions():
        if (one.name, one.version) == (name, version):
            return {**model_version_json(one), "card": one.card, "description": one.description}
    raise NotFound(f"there is no model {name}/{version}")


@router.post("/models/{name}/challenge", responses=answers(AliasChangeAnswer, 409))
def challenge_model(name: str, form: Candidate, console: Desk, who: Admin) -> dict[str, Any]:
    """Try a version beside the champion on live pictures, once it has shown that it works; it answers nobody."""
    return alias_change_json(console.known_models().shelf.challenge(name, form.version, by=who.name))


@router.post("/models/{name}/promote", responses=answers(AliasChangeAnswer, 409))
def promote_model(name: str, console: Desk, who: Admin, form: Promotion | None = None) -> dict[str, Any]:
    """Let a version answer, once it has shown that it works; services that run take it by themselves."""
    version = form.version if form else None
    return alias_change_json(console.known_models().shelf.promote(name, version, by=who.name))


@router.post("/models/{name}/rollback", responses=answers(AliasChangeAnswer, 409))
def rollback_model(name: str, console: Desk, who: Admin) -> dict[str, Any]:
    """Let the champion before this one answer again; once more goes back one more."""
    return alias_change_json(console.known_models().shelf.rollback(name, by=who.name))


@router.get("/runs", responses=answers(RunsAnswer))
def list_runs(console: Desk, _who: Viewer) -> dict[str, Any]:
    """Training runs with their leading figures; `reason` where there are none to list."""
    return _told(console.known_models().records.runs())


@router.get("/runs/{name}", responses=answers(RunAnswer))
def get_run(name: str, console: Desk, _who: Viewer) -> dict[str, Any]:
    """One run: its settings, its figures, its curves."""
    return console.known_models().records.run(name)


@router.get("/datasets", responses=answers(DatasetsAnswer))
def list_datasets(console: Desk, _who: Viewer) -> dict[str, Any]:
    """Label files with how many pictures and faces are in them; `reason` where there are none to list."""
    return _told(console.known_models().records.datasets())


def _told(records: Records) -> dict[str, Any]:
    return {**listing(list(records.items), None), "reason": records.reason}
