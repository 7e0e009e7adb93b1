"""The console's API on the embedded adapters."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from httpx import Client
from world import Clock, Discovering, Messaging, Probing, World, log_in

from common.adapters.open import open_repository
from common.domain.user import Role
from common.ports.broker import Broker
from common.ports.coordination import Coordination
from common.ports.repository import Repository
from common.ports.store import ObjectStore
from common.settings import Settings
from console.api.build import create_api
from console.context import Console
from console.server import serve
from maskwatch.backtests import Backtests

Open = Callable[[], Client]


@pytest.fixture(scope="session")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, migrated once for all tests here."""
    path = tmp_path_factory.mktemp("schema") / "maskwatch.db"
    made = open_repository(f"sqlite:///{path}")
    made.upgrade()
    made.close()
    return path


@pytest.fixture
def repository(schema: Path, tmp_path: Path) -> Iterator[Repository]:
    """A copy of it."""
    shutil.copy(schema, tmp_path / "maskwatch.db")
    opened = open_repository(f"sqlite:///{tmp_path}/maskwatch.db")
    yield opened
    opened.close()


@pytest.fixture
def world(
    repository: Repository, store: ObjectStore, coordination: Coordination, broker: Broker, tmp_path: Path
) -> World:
    """An installation with one user of each role."""
    backtest = Backtests(Settings(database=f"sqlite:///{tmp_path}/maskwatch.db"))
    clock, probing, discovering, messaging = Clock(), Probing(), Discovering(), Messaging()
    console = Console(
        repository=repository, store=store, coordination=coordination, broker=broker, probe=probing,
        discover=discovering, messenger=messaging, backtest=backtest, secret_key="a key of the tests", clock=clock,
        keeps_crops=True,
    )  # fmt: skip
    made = World(console=console, clock=clock, probing=probing, discovering=discovering, messaging=messaging)
    for role in Role:
        made.user(role.value, role)
    return made


@pytest.fixture
def open_client(world: World) -> Iterator[Open]:
    """Makes clients of one API, each with cookies of its own."""
    stop = threading.Event()
    port, thread = serve(create_api(world.console), host="127.0.0.1", port=0, stop=stop)
    with ExitStack() as stack:
        yield lambda: stack.enter_context(Client(base_url=f"http://127.0.0.1:{port}"))
    stop.set()
    thread.join()


@pytest.fixture
def stranger(open_client: Open) -> Client:
    """Nobody we know."""
    return open_client()


@pytest.fixture
def viewer(open_client: Open) -> Client:
    """Logged in, may look."""
    return log_in(open_client(), "viewer")


@pytest.fixture
def operator(open_client: Open) -> Client:
    """Logged in, may work with alerts."""
    return log_in(open_client(), "operator")


@pytest.fixture
def admin(open_client: Open) -> Client:
    """Logged in, may do everything."""
    return log_in(open_client(), "admin")
