"""What is served beside the API: the pages' one document, its files, and what every answer tells the browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest
from httpx import Client
from playwright.sync_api import expect
from world import World, log_in

from common.domain.status import CameraState
from common.ports.store import ObjectStore
from console.gallery import Gallery, View, Width
from console.guard import POLICY
from console.web.serve import PAGES


@pytest.fixture
def browser_like(address: str) -> Iterator[Client]:
    """Of the whole console, logged in."""
    with Client(base_url=address) as client:
        yield log_in(client, "viewer")


def test_a_page_without_a_session_leads_to_the_login_and_back(address: str) -> None:
    with Client(base_url=address) as nobody:
        answer = nobody.get("/alerts/a1?tab=why")
        assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Falerts%2Fa1%3Ftab%3Dwhy")
        assert nobody.get("/login").status_code == nobody.get("/assets/app.js").status_code == 200


def test_the_same_document_stands_at_every_page_and_what_is_none_is_not_found(browser_like: Client) -> None:
    documents = {browser_like.get(f"/{page}").text for page in PAGES}
    assert len(documents) == 1
    assert [page for page in PAGES if browser_like.get(f"/{page}/x").status_code != 200] == []
    missing = browser_like.get("/wp-login.php")
    assert (missing.status_code, missing.text) == (404, documents.pop())
    assert browser_like.post("/cameras").status_code == 405
    assert browser_like.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_files_are_asked_for_again_and_sent_only_when_they_changed(browser_like: Client) -> None:
    first = browser_like.get("/assets/core/dom.js")
    assert first.headers["content-type"].startswith("text/javascript")
    assert first.headers["cache-control"] == "no-cache"
    again = browser_like.get("/assets/core/dom.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/assets/../serve.py", "/assets/%2e%2e/serve.py", "/assets/core/", "/assets//etc/passwd"]
)
def test_nothing_else_is_a_file(browser_like: Client, path: str) -> None:
    answer = browser_like.get(path)
    assert answer.status_code == 404
    assert "from __future__" not in answer.text
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/login", "/nothing", "/assets/app.js", "/api/v1/me", "/api/v1/nothing", "/healthz"]
)
def test_every_answer_says_what_a_browser_may_do_with_it(browser_like: Client, path: str) -> None:
    headers = browser_like.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "strict-transport-security" not in headers  # it came by HTTP


def test_a_picture_is_kept_by_the_browser_of_that_session_alone(browser_like: Client, world: World) -> None:
    shot = world.snapshot(world.camera(), age=1)
    answer = browser_like.get(f"/api/v1/snapshots/{shot.id}/image.jpg?width=480")
    assert answer.headers["cache-control"] == "private, max-age=3600, immutable"
    assert {"Cookie", "Authorization"} <= {name.strip() for name in answer.headers["vary"].split(",")}
    assert len(answer.content) < len(browser_like.get(f"/api/v1/snapshots/{shot.id}/image.jpg").content)
    assert browser_like.get(f"/api/v1/snapshots/{shot.id}/image.jpg?width=479").status_code == 422


def test_the_wall_tells_each_camera_with_what_was_seen(browser_like: Client, world: World) -> None:
    camera = world.camera(tags=("door",))
    shot = world.snapshot(camera, age=2)
    world.status(camera, CameraState.LIVE)
    [sight] = browser_like.get("/api/v1/wall").json()["items"]
    assert (sight["name"], sight["site"], sight["tags"], sight["state"]) == ("Door", "North", ["door"], "live")
    assert (sight["prediction"]["snapshot_id"], sight["prediction"]["width"]) == (shot.id, 640)


@dataclass(frozen=True)
class SlowStore:
    """A store that counts what is read, and takes its time until it is told to go on."""

    inner: ObjectStore
    go_on: threading.Event = field(default_factory=threading.Event)
    reads: list[str] = field(default_factory=list)

    def get(self, key: str) -> bytes:
        self.reads.append(key)
        assert self.go_on.wait(10)
        return self.inner.get(key)


def test_a_picture_that_many_ask_for_at_once_is_drawn_once(world: World) -> None:
    shot = world.snapshot(world.camera(), age=1)
    store = SlowStore(world.console.store)
    gallery = Gallery(replace(world.console, store=store))  # type: ignore[arg-type]
    looks = threading.Semaphore(0)
    with ThreadPoolExecutor(8) as pool:
        look = View(width=Width.TILE)
        asked = [pool.submit(gallery.snapshot, shot.id, look, lambda _camera: looks.release()) for _ in range(8)]
        for _ in asked:
            assert looks.acquire(timeout=10)
        store.go_on.set()
        drawn = {one.result() for one in asked}
    assert (len(drawn), len(store.reads)) == (1, 1)


def test_what_was_drawn_is_forgotten_after_a_while(world: World) -> None:
    shot, now = world.snapshot(world.camera(), age=1), [0.0]
    store = SlowStore(world.console.store)
    store.go_on.set()
    gallery = Gallery(replace(world.console, store=store), monotonic=lambda: now[0])  # type: ignore[arg-type]
    for at, reads in ((0.0, 1), (599.0, 1), (601.0, 2)):
        now[0] = at
        gallery.snapshot(shot.id, View(width=Width.TILE), lambda _camera: None)
        assert len(store.reads) == reads


@pytest.mark.browser
def test_the_description_of_the_api_is_drawn_under_its_own_policy(page_of) -> None:
    page = page_of("viewer", "/docs")
    expect(page.get_by_text("/api/v1/cameras/{camera_id}/latest.jpg")).to_be_visible()
