"""Finding cameras in the network, before they are added."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import structlog
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from common.domain.discovery import Search
from console.context import Console

log = structlog.get_logger(__name__)

Host = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=253)]


class SearchForm(BaseModel):
    """Where to look beside the network's own multicast, and with which login."""

    model_config = ConfigDict(extra="forbid")
    hosts: list[Host] = Field([], max_length=256, examples=[["192.168.1.0/24", "10.0.0.7:8000"]])
    username: str | None = Field(None, max_length=200)
    password: str | None = Field(None, max_length=200, repr=False)
    seconds: float = Field(3.0, ge=0.5, le=30, allow_inf_nan=False)
    multicast: bool = Field(True, description="also ask the network; the login goes to whoever answers")

    def to_search(self) -> Search:
        """The domain's value."""
        return Search(
            hosts=tuple(self.hosts),
            username=self.username,
            password=self.password,
            seconds=self.seconds,
            multicast=self.multicast,
        )


def discover_cameras(console: Console, form: SearchForm) -> list[dict[str, Any]]:
    """The cameras that answer, as JSON; `is_added` says that one of that address is watched already.

    Raises InvalidInput for a host or subnet that is none.
    """
    found = console.discover(form.to_search())
    log.info("cameras.discovered", found=len(found))
    with console.repository.begin() as unit:
        added = {camera.url for camera in unit.cameras.list()}
    rows = [asdict(camera) for camera in found]
    return [row | {"is_added": _is_added(row["url"], added)} for row in rows]


def _is_added(url: str, added: set[str]) -> bool:
    return any(known == url or known.startswith(f"{url}/") for known in added)
