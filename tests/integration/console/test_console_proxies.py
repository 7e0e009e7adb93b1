"""What reverse proxies say: believed of those that are trusted, of nobody else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from world import PASSWORD, World

from common.errors import InvalidInput
from console.api.access import find_identity
from console.api.build import create_api
from console.guard import SessionGuard
from console.proxies import Proxies, read_networks
from console.server import serve

Behind = Callable[..., httpx.Client]


@pytest.fixture
def behind(world: World) -> Iterator[Behind]:
    """A client of a console that trusts these proxies; the client itself is 127.0.0.1."""
    stop, threads, clients = threading.Event(), [], []

    def open_client(trusted: str = "127.0.0.1", **fields: str) -> httpx.Client:
        console = replace(world.console, proxies=Proxies(trusted=read_networks(trusted), **fields))
        port, thread = serve(create_api(console), host="127.0.0.1", port=0, stop=stop)
        threads.append(thread)
        clients.append(httpx.Client(base_url=f"http://127.0.0.1:{port}"))
        return clients[-1]

    yield open_client
    stop.set()
    for thread in threads:
        thread.join()
    for client in clients:
        client.close()


def enter(client: httpx.Client, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/api/v1/login", json={"name": "viewer", "password": PASSWORD}, headers=named)


def address_seen(world: World) -> str:
    with world.console.repository.begin() as unit:
        return unit.audit.list(action="log_in", limit=1)[0].address


@pytest.mark.parametrize(
    ("trusted", "forwarded", "seen"),
    [
        ("127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "10.9.9.9, 192.0.2.7", "192.0.2.7"),  # what the client wrote itself comes first
        ("127.0.0.1, 10.0.0.0/8", "192.0.2.7, 10.0.0.2", "192.0.2.7"),
        ("127.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        ("10.0.0.0/8", "192.0.2.7", "127.0.0.1"),
        ("", "192.0.2.7", "127.0.0.1"),
    ],
)
def test_where_a_request_comes_from(behind: Behind, world: World, trusted: str, forwarded: str, seen: str) -> None:
    assert enter(behind(trusted), X_Forwarded_For=forwarded).status_code == 200
    assert address_seen(world) == seen


@pytest.mark.parametrize(("trusted", "is_secure"), [("127.0.0.1", True), ("10.0.0.1", False)])
def test_whether_it_came_by_https(behind: Behind, trusted: str, is_secure: bool) -> None:
    cookies = enter(behind(trusted), X_Forwarded_Proto="https").headers.get_list("set-cookie")
    assert ["Secure" in cookie for cookie in cookies] == [is_secure] * 2


def me(client: httpx.Client, **headers: str) -> tuple[int, dict[str, Any]]:
    answer = client.get("/api/v1/me", headers={name.replace("_", "-"): value for name, value in headers.items()})
    return answer.status_code, answer.json()


def test_whom_a_trusted_proxy_has_let_in_needs_no_other_login(behind: Behind, world: World) -> None:
    client = behind(user_header="X-Forwarded-User", role_header="X-Role")
    assert me(client)[0] == 401
    status, ada = me(client, X_Forwarded_User="ada")
    assert (status, ada["name"], ada["role"]) == (200, "ada", "viewer")
    assert me(client, X_Forwarded_User="ada", X_Role="operator")[1]["role"] == "operator"
    assert me(client, X_Forwarded_User="ada")[1]["role"] == "operator"  # as it is here
    assert me(client, X_Forwarded_User="ada", X_Role="god")[0] == 403
    assert me(client, X_Forwarded_User="admin")[1]["name"] == "admin (2)"  # a name is no proof
    with world.console.repository.begin() as unit:
        assert [user.name for user in unit.users.all()].count("ada") == 1


def test_its_users_are_safe_from_forged_changes(behind: Behind, world: World) -> None:
    client = behind(user_header="X-Forwarded-User", role_header="X-Role")
    who = {"X-Forwarded-User": "ada", "X-Role": "admin"}
    camera = {"name": "Door", "url": "rtsp://10.0.0.9/s"}
    assert client.post("/api/v1/cameras", json=camera, headers=who).json()["code"] == "csrf"
    said = client.get("/api/v1/me", headers=who)
    csrf = said.json()["csrf_token"]
    assert said.cookies["maskwatch_csrf"] == csrf  # for our pages
    assert client.post("/api/v1/cameras", json=camera, headers={**who, "X-CSRF-Token": csrf}).status_code == 201
    bob = {"X-Forwarded-User": "bob", "X-Role": "admin", "X-CSRF-Token": csrf}
    assert client.post("/api/v1/cameras", json=camera, headers=bob).json()["code"] == "csrf"


@pytest.mark.parametrize("header", ["X-Forwarded-User", "X-Role"])
def test_what_a_client_wrote_before_the_proxy_is_not_taken_for_its_word(behind: Behind, header: str) -> None:
    client = behind(user_header="X-Forwarded-User", role_header="X-Role")
    said = {"X-Forwarded-User": "ada", "X-Role": "viewer"}
    forged = [(header, "admin"), *said.items()]  # of a proxy that adds its header to what is there
    answer = client.get("/api/v1/me", headers=forged)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert client.get("/api/v1/me", headers=said).json()["role"] == "viewer"


def test_a_page_too_is_refused_in_words(world: World) -> None:
    proxies = Proxies(user_header="X-Forwarded-User", role_header="X-Role")
    stop = threading.Event()
    app = FastAPI()
    app.state.console = replace(world.console, proxies=proxies)
    app.state.stopping = threading.Event()
    app.add_middleware(SessionGuard, has_session=lambda asked: find_identity(asked, app.state.console) is not None)
    port, thread = serve(app, host="127.0.0.1", port=0, stop=stop)
    answer = httpx.get(f"http://127.0.0.1:{port}/cameras", headers={"X-Forwarded-User": "ada", "X-Role": "god"})
    stop.set()
    thread.join()
    assert (answer.status_code, "'god'" in answer.text) == (403, True)


@pytest.mark.parametrize("trusted", ["10.0.0.1", ""])
def test_nobody_else_says_who_somebody_is(behind: Behind, trusted: str) -> None:
    client = behind(trusted, user_header="X-Forwarded-User", role_header="X-Role")
    for name in ("X-Forwarded-User", "x-forwarded-user", "X-FORWARDED-USER"):
        assert client.get("/api/v1/me", headers={name: "ada", "X-Role": "admin"}).status_code == 401


def test_networks_are_read() -> None:
    assert [str(network) for network in read_networks("127.0.0.1, 10.0.0.0/8,::1")] == [
        "127.0.0.1/32", "10.0.0.0/8", "::1/128",
    ]  # fmt: skip
    with pytest.raises(InvalidInput, match="MASKWATCH_TRUSTED_PROXIES"):
        read_networks("everybody")
