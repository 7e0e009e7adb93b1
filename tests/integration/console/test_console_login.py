"""Logging in, staying in, being kept out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from httpx import Client
from world import PASSWORD, World, log_in

import console.login
from common.domain.user import Role, TokenKind
from common.errors import Conflict, InvalidInput
from console.passwords import one_check
from console.users import ADMIN, change_password, create_user, ensure_admin

Open = Callable[[], Client]


def enter(client: Client, *, name: str = "viewer", password: str = PASSWORD) -> int:
    return client.post("/api/v1/login", json={"name": name, "password": password}).status_code


def test_a_session_is_a_cookie_that_scripts_cannot_read(stranger: Client) -> None:
    answer = stranger.post("/api/v1/login", json={"name": "viewer", "password": PASSWORD})
    assert answer.json()["role"] == "viewer"
    session, csrf = answer.headers.get_list("set-cookie")
    assert "HttpOnly" in session
    assert "SameSite=lax" in session
    assert "Max-Age=43200" in session
    assert "HttpOnly" not in csrf


def test_over_https_the_cookies_are_secure(stranger: Client) -> None:
    answer = stranger.post(
        "/api/v1/login", json={"name": "viewer", "password": PASSWORD}, headers={"X-Forwarded-Proto": "https"}
    )
    assert all("Secure" in cookie for cookie in answer.headers.get_list("set-cookie"))


def test_me_says_who_is_logged_in(operator: Client) -> None:
    me = operator.get("/api/v1/me").json()
    assert (me["name"], me["role"]) == ("operator", "operator")


@pytest.mark.parametrize(("name", "password"), [("viewer", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_read_the_same(stranger: Client, name: str, password: str) -> None:
    answer = stranger.post("/api/v1/login", json={"name": name, "password": password})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "wrong_credentials"
    assert answer.json()["detail"] == "The name or the password is wrong."


def test_a_session_ends_after_12_hours(viewer: Client, world: World) -> None:
    for _ in range(7):
        world.clock.pass_(hours=1.7)
        assert viewer.get("/api/v1/me").status_code == 200
    world.clock.pass_(hours=0.2)
    assert viewer.get("/api/v1/me").json()["code"] == "not_logged_in"


def test_a_session_that_nobody_uses_ends_after_two_hours(viewer: Client, world: World) -> None:
    world.clock.pass_(hours=2)
    assert viewer.get("/api/v1/me").json()["code"] == "not_logged_in"


def test_after_the_logout_the_old_cookie_opens_nothing(viewer: Client) -> None:
    kept = viewer.cookies.get("maskwatch_session")
    assert viewer.post("/api/v1/logout").status_code == 204
    assert viewer.get("/api/v1/me").status_code == 401
    assert viewer.get("/api/v1/me", headers={"Cookie": f"maskwatch_session={kept}"}).status_code == 401


def test_guessing_is_slowed_down_for_that_name_only(stranger: Client) -> None:
    assert [enter(stranger, password="wrong") for _ in range(5)] == [401] * 5
    answer = stranger.post("/api/v1/login", json={"name": "viewer", "password": PASSWORD})
    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many_logins"
    assert int(answer.headers["retry-after"]) == 60
    assert enter(stranger, name="operator") == 200


def test_of_many_guesses_at_once_no_more_are_free(open_client: Open) -> None:
    people = [open_client() for _ in range(8)]  # as many replicas, with one Redis, would be asked
    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(lambda client: enter(client, password="wrong"), people))
    assert sorted(answers) == [401] * 5 + [429] * 3


def test_guessing_many_names_is_slowed_down_for_the_address(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console.login, "PER_ADDRESS", console.login.Limit(attempts=4, seconds=300.0))
    assert enter(stranger) == 200  # does not count
    assert [enter(stranger, name=f"name {number}") for number in range(4)] == [401] * 4
    assert enter(stranger) == 429


def test_whoever_has_an_ipv6_network_has_no_more_guesses_than_others(stranger: Client) -> None:
    def guess(address: str) -> int:
        stranger.headers["X-Forwarded-For"] = address  # of a trusted proxy
        return enter(stranger, password="wrong")

    assert [guess(f"2001:db8:1:2::{number}") for number in range(1, 7)] == [401] * 5 + [429]
    assert guess("2001:db8:1:2:3:4:5:6") == 429
    assert guess("2001:db8:1:3::1") == 401
    assert [guess(f"192.0.2.{number}") for number in range(1, 7)] == [401] * 6


def test_passwords_are_computed_by_turns(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.passwords.WAIT_SECONDS", 0.01)
    with one_check(), one_check():
        answer = stranger.post("/api/v1/login", json={"name": "viewer", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (503, "overloaded")
    assert enter(stranger) == 200


def test_a_right_password_forgives_the_wrong_ones_before(stranger: Client) -> None:
    for _ in range(3):
        assert [enter(stranger, password="wrong") for _ in range(4)] == [401] * 4
        assert enter(stranger) == 200


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_change_by_cookie_needs_the_token_of_its_session(admin: Client, token: str) -> None:
    answer = admin.post("/api/v1/cameras", json={"name": "Door", "url": "rtsp://h/s"}, headers={"X-CSRF-Token": token})
    assert answer.status_code == 403
    assert answer.json()["code"] == "csrf"
    assert admin.get("/api/v1/cameras").json()["items"] == []


def test_the_token_of_another_session_does_not_do(admin: Client, viewer: Client) -> None:
    foreign = {"X-CSRF-Token": viewer.headers["X-CSRF-Token"]}
    assert admin.post("/api/v1/logout", headers=foreign).status_code == 403


def test_a_bearer_token_needs_no_cookie_and_no_csrf_token(stranger: Client, world: World) -> None:
    stranger.headers["Authorization"] = f"Bearer {world.token('admin')}"
    assert stranger.post("/api/v1/cameras", json={"name": "Door", "url": "rtsp://h/s"}).status_code == 201


def test_a_token_that_has_expired_opens_nothing(stranger: Client, world: World) -> None:
    stranger.headers["Authorization"] = f"Bearer {world.token('admin')}"
    world.clock.pass_(days=366)
    assert stranger.get("/api/v1/cameras").json()["code"] == "not_logged_in"


def test_a_session_is_no_token_and_a_token_no_session(viewer: Client, stranger: Client, world: World) -> None:
    as_token = {"Authorization": f"Bearer {viewer.cookies['maskwatch_session']}"}
    as_cookie = {"Cookie": f"maskwatch_session={world.token('viewer')}"}
    assert stranger.get("/api/v1/me", headers=as_token).status_code == 401
    assert stranger.get("/api/v1/me", headers=as_cookie).status_code == 401


def test_only_hashes_are_stored(world: World) -> None:
    secret = world.token("admin")
    with world.console.repository.begin() as unit:
        [token] = unit.users.tokens(kind=TokenKind.API)
        user = unit.users.find("admin")
    assert user is not None
    assert secret not in repr(token) + token.secret_hash
    assert user.password_hash.startswith("$argon2id$")


def test_a_new_password_ends_the_sessions(viewer: Client, world: World, open_client: Open) -> None:
    change_password(world.console.repository, "viewer", "another good one")
    assert viewer.get("/api/v1/me").status_code == 401
    assert enter(open_client(), password="another good one") == 200


def test_the_first_administrator_is_made_once(world: World) -> None:
    repository = world.console.repository
    assert ensure_admin(repository, "") is None  # there are users
    with repository.begin() as unit:
        for user in unit.users.all():
            unit.users.remove(user.id)
    generated = ensure_admin(repository, "")
    assert generated is not None
    assert len(generated) >= 16
    assert ensure_admin(repository, "") is None


def test_a_given_first_password_is_not_told_back(world: World, stranger: Client) -> None:
    with world.console.repository.begin() as unit:
        for user in unit.users.all():
            unit.users.remove(user.id)
    assert ensure_admin(world.console.repository, "short", clock=world.clock) is None
    assert enter(stranger, name=ADMIN, password="short") == 200


@pytest.mark.parametrize("password", ["Password1", "aaaaaaaaaa", "12345678", "new user"])
def test_a_password_that_anybody_tries_is_refused(world: World, password: str) -> None:
    with pytest.raises(InvalidInput):
        create_user(world.console.repository, "new user", password, Role.VIEWER)


def test_users_are_checked(world: World) -> None:
    with pytest.raises(InvalidInput, match="8 characters"):
        create_user(world.console.repository, "new", "short", Role.VIEWER)
    with pytest.raises(Conflict, match="'viewer' already"):
        create_user(world.console.repository, " viewer ", PASSWORD, Role.VIEWER)


def test_log_in_of_two_browsers_are_two_sessions(open_client: Open) -> None:
    first, second = log_in(open_client(), "viewer"), log_in(open_client(), "viewer")
    assert first.post("/api/v1/logout").status_code == 204
    assert second.get("/api/v1/me").status_code == 200
