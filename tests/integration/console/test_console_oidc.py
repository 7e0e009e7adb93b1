"""Logging in at an identity provider: a real one on the loop-back address, honest or not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from identity_provider import CLIENT_ID, CLIENT_SECRET, Provider, identity_provider, new_key
from joserfc import jwt
from joserfc.jwk import OctKey
from world import World

from common.domain.user import Role
from console.api.build import create_api
from console.oidc import OidcClient, OidcProvider
from console.server import serve

Arrange = Callable[..., httpx.Client]


@pytest.fixture
def idp(world: World) -> Iterator[Provider]:
    with identity_provider(world.clock) as provider:
        yield provider


@pytest.fixture
def arrange(world: World, idp: Provider) -> Iterator[Arrange]:
    """A browser at a console that trusts the provider; what else it is told of it are OidcClient's fields."""
    stop, threads, http = threading.Event(), [], httpx.Client(follow_redirects=False)
    clients: list[httpx.Client] = []

    def open_browser(**fields: Any) -> httpx.Client:
        client = OidcClient(issuer=idp.issuer, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, **fields)
        provider = OidcProvider(client, http=http, clock=world.clock)
        console = replace(world.console, provider=provider)
        port, thread = serve(create_api(console), host="127.0.0.1", port=0, stop=stop)
        threads.append(thread)
        clients.append(httpx.Client(base_url=f"http://127.0.0.1:{port}"))
        return clients[-1]

    yield open_browser
    stop.set()
    for thread in threads:
        thread.join()
    for client in [*clients, http]:
        client.close()


def go(browser: httpx.Client, *, target: str = "/") -> httpx.Response:
    """To the provider and back; what the console answers then."""
    leaving = browser.get("/api/v1/login/oidc", params={"next": target})
    assert leaving.status_code == 303, leaving.text
    returning = httpx.get(leaving.headers["Location"])
    return browser.get(returning.headers["Location"])


def me(browser: httpx.Client) -> dict[str, Any]:
    found: dict[str, Any] = browser.get("/api/v1/me").json()
    return found


def test_whoever_comes_back_is_logged_in_where_they_wanted_to_be(arrange: Arrange, world: World) -> None:
    browser = arrange(roles={"guards": Role.OPERATOR})
    assert browser.get("/api/v1/login").json() == {"password": True, "oidc": "127.0.0.1"}
    answer = go(browser, target="/alerts?state=firing")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/alerts?state=firing")
    assert (me(browser)["name"], me(browser)["role"]) == ("ada", "operator")
    assert go(browser, target="https://evil.example/").headers["Location"] == "/"
    with world.console.repository.begin() as unit:
        assert [user.name for user in unit.users.all()].count("ada") == 1  # the same person each time


def test_the_way_there_carries_a_challenge_and_no_secret(arrange: Arrange) -> None:
    leaving = arrange().get("/api/v1/login/oidc")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(leaving.headers["Location"]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    assert CLIENT_SECRET not in leaving.headers["Location"]
    assert "HttpOnly" in leaving.headers["Set-Cookie"]


def test_the_provider_says_what_they_may(arrange: Arrange, idp: Provider) -> None:
    browser = arrange(role_claim="access.roles", roles={"it": Role.ADMIN, "guards": Role.VIEWER}, sites_claim="sites")
    idp.claims = {"access": {"roles": ["guards", "it"]}, "sites": ["North"]}
    go(browser)
    assert (me(browser)["role"], me(browser)["sites"], me(browser)["is_limited"]) == ("admin", ["North"], True)
    idp.claims["access"] = {"roles": ["guards"]}  # less, from the next login on; the sessions before are over
    other = httpx.Client(base_url=browser.base_url)
    go(other)
    assert me(other)["role"] == "viewer"
    assert browser.get("/api/v1/me").status_code == 401
    other.close()


def test_a_name_that_is_taken_is_not_taken_over(arrange: Arrange, idp: Provider) -> None:
    browser = arrange()
    idp.claims = {"preferred_username": "admin"}
    go(browser)
    assert (me(browser)["name"], me(browser)["role"]) == ("admin (2)", "viewer")


@pytest.mark.parametrize(
    ("fields", "claims"),
    [({"roles": {"it": Role.ADMIN}}, {}), ({"sites_claim": "sites"}, {"sites": []})],
    ids=["no role", "no site"],
)
def test_whom_the_provider_gives_nothing_is_not_let_in(
    arrange: Arrange, idp: Provider, fields: dict[str, Any], claims: dict[str, Any]
) -> None:
    browser = arrange(**fields)
    idp.claims = claims
    assert go(browser).headers["Location"] == "/login?error=not_allowed"
    assert browser.get("/api/v1/me").status_code == 401


LIES: dict[str, dict[str, Any]] = {
    "of another login": {"nonce": "another"},
    "of no login": {"nonce": None},
    "of another issuer": {"iss": "https://idp.example"},
    "for another client": {"aud": "another"},
    "for several, given to another": {"aud": [CLIENT_ID, "another"], "azp": "another"},
    "for several, given to nobody": {"aud": [CLIENT_ID, "another"]},
    "of nobody": {"sub": None},
    "without end": {"exp": None},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_signed_lie_is_not_believed(arrange: Arrange, idp: Provider, lie: str) -> None:
    browser = arrange()
    idp.claims = LIES[lie]
    assert go(browser).headers["Location"] == "/login?error=not_vouched_for"
    assert idp.tokens == 1
    assert browser.get("/api/v1/me").status_code == 401


def test_what_is_too_old_is_not_believed(arrange: Arrange, idp: Provider, world: World) -> None:
    browser = arrange()
    idp.claims = {"exp": int((world.clock() - timedelta(minutes=2)).timestamp())}
    assert go(browser).headers["Location"] == "/login?error=not_vouched_for"


def unsigned(idp: Provider) -> Callable[[dict[str, Any]], str]:
    header, signature = "eyJhbGciOiJub25lIn0", ""  # {"alg":"none"}
    return lambda claims: f"{header}.{jwt.encode({'alg': 'RS256'}, claims, idp.key).split('.')[1]}.{signature}"


def by_another_key(_idp: Provider) -> Callable[[dict[str, Any]], str]:
    key = new_key("forged")
    return lambda claims: jwt.encode({"alg": "RS256", "kid": "first"}, claims, key)


def by_an_unknown_key(_idp: Provider) -> Callable[[dict[str, Any]], str]:
    key = new_key("forged")
    return lambda claims: jwt.encode({"alg": "RS256", "kid": "unknown"}, claims, key)


def by_the_public_key(idp: Provider) -> Callable[[dict[str, Any]], str]:
    """As if it were a secret that both know: HMAC."""
    header = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"first"}').decode().rstrip("=")

    def sign(claims: dict[str, Any]) -> str:  # by hand: the library refuses to
        signed = f"{header}.{jwt.encode({'alg': 'RS256'}, claims, idp.key).split('.')[1]}"
        digest = hmac.new(idp.key.as_bytes(private=False), signed.encode(), hashlib.sha256).digest()
        return f"{signed}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"

    return sign


def by_the_clients_secret(_idp: Provider) -> Callable[[dict[str, Any]], str]:
    key = OctKey.import_key(CLIENT_SECRET.encode() * 2)
    return lambda claims: jwt.encode({"alg": "HS256"}, claims, key)


def changed_afterwards(idp: Provider) -> Callable[[dict[str, Any]], str]:
    def sign(claims: dict[str, Any]) -> str:
        honest = jwt.encode({"alg": "RS256", "kid": "first"}, {**claims, "sub": "1"}, idp.key).split(".")
        forged = jwt.encode({"alg": "RS256", "kid": "first"}, claims, idp.key).split(".")
        return ".".join((forged[0], forged[1], honest[2]))

    return sign


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")  # of the forgers' keys
@pytest.mark.parametrize(
    "forge",
    [unsigned, by_another_key, by_an_unknown_key, by_the_public_key, by_the_clients_secret, changed_afterwards],
    ids=lambda forge: forge.__name__,
)
def test_a_forged_signature_is_not_believed(
    arrange: Arrange, idp: Provider, forge: Callable[[Provider], Callable[[dict[str, Any]], str]]
) -> None:
    browser = arrange()
    idp.sign = forge(idp)
    assert go(browser).headers["Location"] == "/login?error=not_vouched_for"
    assert idp.tokens == 1


def test_new_keys_of_the_provider_are_found(arrange: Arrange, idp: Provider) -> None:
    browser = arrange()
    go(browser)
    idp.key = new_key("second")
    assert go(browser).headers["Location"] == "/"


def test_the_way_back_is_for_the_browser_that_left_and_once(arrange: Arrange, world: World) -> None:
    browser = arrange()
    leaving = browser.get("/api/v1/login/oidc")
    back = httpx.get(leaving.headers["Location"]).headers["Location"]
    with httpx.Client() as another:  # somebody was sent a link with another's code
        assert another.get(back).headers["Location"] == "/login?error=not_vouched_for"
    assert browser.get(back.replace("state=", "state=x")).headers["Location"] == "/login?error=not_vouched_for"
    browser.cookies.set("maskwatch_oidc", parse_qs(urlsplit(back).query)["state"][0], path="/api/v1/login")
    assert browser.get(back).headers["Location"] == "/"
    browser.cookies.set("maskwatch_oidc", parse_qs(urlsplit(back).query)["state"][0], path="/api/v1/login")
    assert browser.get(back).headers["Location"] == "/login?error=not_vouched_for"
    with world.console.repository.begin() as unit:
        logins = unit.audit.list(action="come_back_from_provider")
    assert sorted((entry.by, entry.status) for entry in logins)[-1] == ("ada", 303)
    assert {entry.status for entry in logins if not entry.by} == {401}


def test_a_provider_that_is_away_is_said_to_be(arrange: Arrange, idp: Provider) -> None:
    browser = arrange()
    idp.metadata = lambda: {"issuer": "https://another.example"}  # type: ignore[method-assign]
    answer = browser.get("/api/v1/login/oidc")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_whoever_only_leaves_is_slowed_down(arrange: Arrange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.arrivals.MOST_DEPARTURES", 2)
    browser = arrange()
    assert [browser.get("/api/v1/login/oidc").status_code for _ in range(3)] == [303, 303, 429]


def test_without_a_provider_there_is_no_such_door(stranger: httpx.Client) -> None:
    assert stranger.get("/api/v1/login").json() == {"password": True, "oidc": None}
    assert stranger.get("/api/v1/login/oidc").status_code == 404
    assert stranger.get("/api/v1/login/oidc/callback?code=1&state=2").headers["Location"] == "/login?error=not_found"
