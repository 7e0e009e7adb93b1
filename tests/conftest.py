"""What every kind of test may use: the real servers of deploy/dev/services, and the embedded adapters."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from real_servers import Services, own_bucket, own_database, own_redis_number, own_services, own_virtual_host

from common.adapters.open import open_broker, open_coordination, open_repository, open_store
from common.ports.broker import Broker
from common.ports.coordination import Coordination
from common.ports.repository import Repository
from common.ports.store import ObjectStore

STATUS_FILE = Path(__file__).parents[1] / ".dev" / "services.json"


def pytest_configure() -> None:
    """Settings for everything that tests start, and short tracebacks in the logs, as services have them: structlog's
    own print every local variable, for seconds."""
    os.environ.setdefault("MASKWATCH_ALLOW_ADDRESSES", "loopback")  # where cameras and receivers of tests are
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=True),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Which tests share a worker (`make test`): those of a file, for their fixtures; all that share servers to kill."""
    from xdist.scheduler import LoadFileScheduling

    class FilesAndChaos(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "tests/chaos" if nodeid.startswith("tests/chaos/") else super()._split_scope(nodeid)

    return FilesAndChaos(config, log)


@pytest.fixture(autouse=True)
def _same_logs() -> Iterator[None]:
    """A test that runs a command in process sets up the logs of a service: the next test must not inherit them."""
    root, config = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.configure(**config)
    root.handlers = handlers
    root.setLevel(level)


@pytest.fixture(scope="session")
def server_status() -> dict[str, str]:
    """What deploy/dev/services wrote; without it the test is skipped at home and fails in CI."""
    if STATUS_FILE.exists():
        status: dict[str, str] = json.loads(STATUS_FILE.read_text(encoding="ascii"))
        return status
    if os.environ.get("CI"):
        pytest.fail("the servers are not up: run deploy/dev/services up")
    pytest.skip("run deploy/dev/services up")


@pytest.fixture(scope="session")
def services(server_status: dict[str, str]) -> Iterator[Services]:
    """Real servers for the whole session: for what is dear to set up. Most tests want `fresh_services`."""
    with own_services(server_status) as own:
        yield own


@pytest.fixture
def fresh_services(server_status: dict[str, str]) -> Iterator[Services]:
    """Real servers, empty for this test. Who needs one of them takes one of the next four: that is faster."""
    with own_services(server_status) as own:
        yield own


@pytest.fixture
def fresh_amqp_url(server_status: dict[str, str]) -> Iterator[str]:
    with own_virtual_host(server_status) as url:
        yield url


@pytest.fixture
def fresh_postgres_url(server_status: dict[str, str]) -> Iterator[str]:
    with own_database(server_status) as url:
        yield url


@pytest.fixture
def fresh_redis_url(server_status: dict[str, str]) -> Iterator[str]:
    with own_redis_number(server_status) as url:
        yield url


@pytest.fixture
def fresh_store_url(server_status: dict[str, str]) -> Iterator[str]:
    with own_bucket(server_status) as url:
        yield url


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    """An empty embedded repository with its schema."""
    opened = open_repository(f"sqlite:///{tmp_path}/maskwatch.db")
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """An empty embedded broker."""
    opened = open_broker(f"sqlite:///{tmp_path}/queue.db")
    yield opened
    opened.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ObjectStore]:
    """An empty embedded object store."""
    opened = open_store(f"file://{tmp_path}/pictures")
    yield opened
    opened.close()


@pytest.fixture
def coordination() -> Iterator[Coordination]:
    """An empty embedded coordination."""
    opened = open_coordination("memory://")
    yield opened
    opened.close()
