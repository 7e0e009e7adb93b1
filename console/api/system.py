"""system"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from console.api.access import Desk, Viewer
from console.system import read_system

router = APIRouter(tags=["system"])


@router.get("/system")
def system(console: Desk, _who: Viewer) -> dict[str, Any]:
    """Workers, leases, queues with their dead letters, the parts this stands on, how many cameras more, versions."""
    return read_system(console)
