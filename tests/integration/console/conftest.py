"""The console on the embedded adapters: its API, and its pages in a real browser."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from httpx import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from scripted_models import ScriptedPipeline, crowd
from world import Clock, Discovering, Messaging, Probing, World, log_in

from common.adapters.open import open_repository
from common.domain.user import Role
from common.ports.broker import Broker
from common.ports.coordination import Coordination
from common.ports.repository import Repository
from common.ports.store import ObjectStore
from common.settings import Settings
from console.api.build import create_api
from console.app import create_app
from console.context import Console
from console.modelling import Models
from console.server import serve
from maskwatch.backtests import Backtests
from maskwatch.looks import Looks
from maskwatch.records import TrainingFolder
from maskwatch.shelf import Shelf
from maskwatch.wiring import open_detector
from model_api.local import LocalDetector

Open = Callable[[], Client]
OpenContext = Callable[..., BrowserContext]
PageOf = Callable[..., Page]
Launch = Callable[..., Browser]

CHROMIUM = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
WAIT_MS = 30_000  # a slow machine is no failure


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
def with_models(world: World) -> Iterator[World]:
    """The same with models, which see four people in every picture."""
    pipeline = ScriptedPipeline(crowd())
    pipeline.go.set()
    detector, settings = LocalDetector(pipeline=pipeline), Settings()
    looks = Looks(settings, open_detector, detector=detector)
    models = Models(looking=looks, shelf=Shelf(settings), records=TrainingFolder(settings))
    world.console = replace(world.console, models=models)
    yield world
    detector.close()


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


@pytest.fixture(scope="module")
def launch() -> Iterator[Launch]:
    """Starts the machine's Chromium with further arguments; without one tests are skipped at home and fail in CI.

    For no longer than a module: Playwright keeps an event loop running, beside which no other test can run its own.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("there is no chromium on the PATH")
        pytest.skip("there is no chromium on the PATH")
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        yield lambda *arguments: playwright.chromium.launch(executable_path=path, args=[*CHROMIUM, *arguments])


@pytest.fixture(scope="module")
def browser(launch: Launch) -> Iterator[Browser]:
    """One for a module's tests; each opens a context of its own."""
    started = launch()
    yield started
    started.close()


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """The whole console, pages and all."""
    console = world.console
    app = create_app(
        repository=console.repository, store=console.store, coordination=console.coordination, broker=console.broker,
        probe=console.probe, discover=console.discover, messenger=console.messenger, backtest=console.backtest,
        secret_key=console.secret_key, keeps_crops=console.keeps_crops, clock=console.clock,
        models=console.models,
    )  # fmt: skip
    stop = threading.Event()
    port, thread = serve(app, host="127.0.0.1", port=0, stop=stop)
    yield f"http://127.0.0.1:{port}"
    stop.set()
    thread.join()


@pytest.fixture
def open_context(browser: Browser, address: str) -> Iterator[OpenContext]:
    """Makes browsers that are nobody yet. Whatever they do, they ask no other host and report no error."""
    foreign: list[str] = []
    errors: list[str] = []
    with ExitStack() as stack:

        def open_one(**options: object) -> BrowserContext:
            given = {"viewport": {"width": 1280, "height": 860}, "locale": "en-GB", "timezone_id": "UTC", **options}
            context = browser.new_context(base_url=address, **given)  # type: ignore[arg-type]
            stack.callback(context.close)
            context.set_default_timeout(WAIT_MS)
            context.on("request", lambda request: _note_foreign(request.url, address, foreign))
            context.on("console", lambda message: _note_error(message, errors))
            context.on("weberror", lambda error: errors.append(error.error.stack or str(error.error)))
            return context

        yield open_one
    assert foreign == []
    assert errors == []


@pytest.fixture
def page_of(open_context: OpenContext, address: str) -> PageOf:
    """`page_of(role, path="/", **options)`: a tab of a browser in which that role is logged in, at that path.

    Options are Playwright's of a context, such as `viewport`, `locale="zh-CN"` or `color_scheme="dark"`.
    """

    def open_page(role: str, path: str = "/", **options: object) -> Page:
        context = open_context(**options)
        with Client(base_url=address) as client:
            log_in(client, role)
            context.add_cookies(
                [{"name": name, "value": value, "url": address} for name, value in client.cookies.items()]
            )
        page = context.new_page()
        page.goto(path)
        return page

    return open_page


def _note_error(message: ConsoleMessage, errors: list[str]) -> None:
    # What is refused, not there, or away is shown by the page; the browser notes it besides. Our files must be there.
    is_told = "status of 4" in message.text or "status of 503" in message.text
    is_refusal = is_told and not urlsplit(message.location["url"]).path.startswith("/assets/")
    if message.type == "error" and not is_refusal:
        errors.append(message.text)


def _note_foreign(url: str, address: str, foreign: list[str]) -> None:
    if urlsplit(url).scheme not in ("data", "blob") and not url.startswith(address):
        foreign.append(url)
