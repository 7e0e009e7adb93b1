"""The registered cameras."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from common.domain.camera import Camera


class Cameras(Protocol):
    """By name in `list`. `get`, `update` and `remove` raise NotFound; a name in use raises Conflict."""

    def list(self, *, enabled: bool | None = None) -> list[Camera]: ...
    def version(self) -> str:
        """Differs after every change of any of them, and costs far less than reading them."""

    def get(self, camera_id: str) -> Camera: ...
    def get_many(self, camera_ids: Iterable[str]) -> dict[str, Camera]:
        """Those of them that exist, by id."""

    def find(self, name: str) -> Camera | None: ...
    def add(self, camera: Camera) -> None: ...
    def update(self, camera: Camera) -> Camera:
        """Store it with its revision grown by one, and return that."""

    def remove(self, camera_id: str) -> None: ...
