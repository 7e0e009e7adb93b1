"""One installation for all tests of this folder, whole again before each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import pytest
from stack.packages import Missing

from tests.chaos.camera_server import CameraServer, serving_cameras
from tests.chaos.plant import Plant, running_plant
from tests.chaos.servers import Servers, own_servers
from tests.chaos.watch import Watch, watching


class Watching(Protocol):
    """Starts to watch still cameras of these names."""

    def __call__(self, *names: str) -> AbstractContextManager[Watch]: ...


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m "not chaos"` leaves them out; with several workers one takes them all."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("chaos")
            item.add_marker(pytest.mark.xdist_group("chaos"))


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Servers that nobody else uses."""
    try:
        with own_servers(tmp_path_factory.mktemp("servers")) as running:
            yield running
    except Missing as exc:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the servers cannot be started here: {exc}")


@pytest.fixture(scope="session")
def session_plant(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Tests take `plant`."""
    with running_plant(tmp_path_factory.mktemp("plant"), servers) as running:
        yield running


@pytest.fixture
def plant(session_plant: Plant) -> Plant:
    """All services on all servers, running."""
    session_plant.heal()
    return session_plant


@pytest.fixture
def stills() -> Iterator[CameraServer]:
    """Cameras that answer with one JPEG each time."""
    with serving_cameras() as server:
        yield server


@pytest.fixture
def watch_stills(plant: Plant, stills: CameraServer) -> Watching:
    def start(*names: str) -> AbstractContextManager[Watch]:
        return watching(plant, {name: stills.url(name) for name in names})

    return start
