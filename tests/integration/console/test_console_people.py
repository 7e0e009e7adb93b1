"""Users, their rights, their passwords, sessions and tokens."""

from __future__ import annotations

from collections.abc import Callable

from httpx import Client
from world import PASSWORD, World, log_in

from common.domain.user import Role

Open = Callable[[], Client]
NEW = "a much better one"


def enter(client: Client, name: str, password: str) -> int:
    return client.post("/api/v1/login", json={"name": name, "password": password}).status_code


def test_a_user_lives_from_the_first_password_to_the_end(admin: Client, stranger: Client) -> None:
    made = admin.post("/api/v1/users", json={"name": "new", "role": "operator", "sites": ["North"]})
    user = made.json()
    assert (made.status_code, user["role"], user["sites"], user["is_limited"]) == (201, "operator", ["North"], True)
    assert admin.get(made.headers["Location"]).json() == {key: user[key] for key in user if key != "password"}
    assert enter(stranger, "new", user["password"]) == 200
    changed = admin.patch(f"/api/v1/users/{user['id']}", json={"role": "viewer", "sites": [], "tags": ["entrance"]})
    assert (changed.json()["role"], changed.json()["sites"], changed.json()["tags"]) == ("viewer", [], ["entrance"])
    assert stranger.get("/api/v1/me").status_code == 401  # whoever may less is logged out
    assert admin.patch(f"/api/v1/users/{user['id']}", json={"password": NEW}).status_code == 200
    assert enter(stranger, "new", NEW) == 200
    assert admin.delete(f"/api/v1/users/{user['id']}").status_code == 204
    assert stranger.get("/api/v1/me").status_code == 401


def test_users_are_listed_and_checked(admin: Client) -> None:
    assert admin.post("/api/v1/users", json={"name": "new", "password": NEW}).json().keys().isdisjoint({"password"})
    names = [user["name"] for user in admin.get("/api/v1/users").json()["items"]]
    assert names == ["admin", "new", "operator", "viewer"]
    assert admin.post("/api/v1/users", json={"name": "new"}).status_code == 409
    assert (
        admin.post("/api/v1/users", json={"name": "x", "password": "short"}).json()["errors"][0]["field"] == "password"
    )
    assert "first that anybody tries" in admin.post("/api/v1/users", json={"name": "x", "password": "password1"}).text


def test_somebody_stays_who_may_do_everything(admin: Client) -> None:
    own = f"/api/v1/users/{admin.get('/api/v1/me').json()['id']}"
    answers = [
        admin.delete(own),
        admin.patch(own, json={"role": "viewer"}),
        admin.patch(own, json={"sites": ["North"]}),
    ]
    assert [answer.status_code for answer in answers] == [409] * 3
    assert answers[0].json()["detail"] == "the last administrator who may see everything must stay one"
    admin.post("/api/v1/users", json={"name": "deputy", "role": "admin"})
    assert admin.delete(own).status_code == 204


def test_ones_own_password_needs_the_old_one_and_ends_other_sessions(viewer: Client, open_client: Open) -> None:
    elsewhere = log_in(open_client(), "viewer")
    wrong = viewer.post("/api/v1/me/password", json={"old": "guessed", "new": NEW})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_credentials")
    assert viewer.post("/api/v1/me/password", json={"old": PASSWORD, "new": "viewer"}).status_code == 422
    assert viewer.post("/api/v1/me/password", json={"old": PASSWORD, "new": NEW}).status_code == 204
    assert viewer.get("/api/v1/me").status_code == 200
    assert elsewhere.get("/api/v1/me").status_code == 401
    assert enter(open_client(), "viewer", NEW) == 200


def test_a_stolen_session_guesses_no_password(viewer: Client) -> None:
    tries = [viewer.post("/api/v1/me/password", json={"old": f"guess {n}", "new": NEW}).status_code for n in range(6)]
    assert tries == [401] * 5 + [429]


def test_one_sees_and_ends_ones_own_sessions(viewer: Client, operator: Client, open_client: Open) -> None:
    elsewhere = log_in(open_client(), "viewer")
    sessions = {one["is_current"]: one for one in viewer.get("/api/v1/me/sessions").json()["items"]}
    assert sessions[True]["address"] == "127.0.0.1"
    foreign = operator.get("/api/v1/me/sessions").json()["items"][0]["id"]
    assert viewer.delete(f"/api/v1/me/sessions/{foreign}").status_code == 404
    assert viewer.delete(f"/api/v1/me/sessions/{sessions[False]['id']}").status_code == 204
    assert elsewhere.get("/api/v1/me").status_code == 401
    assert len(viewer.get("/api/v1/me/sessions").json()["items"]) == 1


def bearer(client: Client, token: str) -> Client:
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def test_everybody_makes_tokens_for_themselves_with_no_more_than_they_may(
    operator: Client, admin: Client, open_client: Open
) -> None:
    made = operator.post("/api/v1/tokens", json={"name": "mine", "role": "admin", "scopes": ["alerts", "rules:read"]})
    token = made.json()
    assert (made.status_code, token["user"], token["scopes"]) == (201, "operator", ["alerts", "rules:read"])
    script = bearer(open_client(), token["token"])
    assert script.get("/api/v1/me").json()["role"] == "operator"
    assert [script.get(f"/api/v1/{path}").status_code for path in ("alerts", "rules", "cameras", "tokens")] == [
        200, 200, 403, 403,
    ]  # fmt: skip
    assert operator.post("/api/v1/tokens", json={"name": "x", "user": "admin"}).status_code == 403
    assert operator.post("/api/v1/tokens", json={"name": "x", "scopes": ["everything"]}).status_code == 422
    foreign = admin.post("/api/v1/tokens", json={"name": "theirs"}).json()
    assert [one["name"] for one in operator.get("/api/v1/tokens").json()["items"]] == ["mine"]
    assert [one["name"] for one in admin.get("/api/v1/tokens").json()["items"]] == ["mine", "theirs"]
    assert operator.delete(f"/api/v1/tokens/{foreign['id']}").status_code == 404
    assert admin.delete(f"/api/v1/tokens/{token['id']}").status_code == 204
    assert script.get("/api/v1/me").status_code == 401


def test_a_token_follows_its_user_and_its_own_cap(admin: Client, world: World, open_client: Open) -> None:
    world.user("boss", Role.ADMIN)
    own = admin.post("/api/v1/tokens", json={"name": "own", "user": "boss"}).json()
    less = admin.post("/api/v1/tokens", json={"name": "less", "user": "boss", "role": "viewer"}).json()
    scripts = [bearer(open_client(), token["token"]) for token in (own, less)]
    assert [script.get("/api/v1/me").json()["role"] for script in scripts] == ["admin", "viewer"]
    admin.patch("/api/v1/users/id-of-boss", json={"role": "operator", "sites": ["North"]})
    seen = [script.get("/api/v1/me").json() for script in scripts]
    assert [(one["role"], one["sites"]) for one in seen] == [("operator", ["North"]), ("viewer", ["North"])]
    assert admin.get("/api/v1/tokens").json()["items"][1]["used_at"] is not None


def test_a_token_with_scopes_makes_none_with_more(admin: Client, open_client: Open) -> None:
    people = admin.post("/api/v1/tokens", json={"name": "hr", "scopes": ["people", "cameras:read"]}).json()
    script = bearer(open_client(), people["token"])
    for scopes in ([], ["alerts"], ["cameras"]):
        assert script.post("/api/v1/tokens", json={"name": "x", "scopes": scopes}).status_code == 403
    assert script.post("/api/v1/tokens", json={"name": "x", "scopes": ["people:read"]}).status_code == 201


def test_a_token_makes_none_that_lasts_longer_than_itself(operator: Client, open_client: Open) -> None:
    day = operator.post("/api/v1/tokens", json={"name": "for a day", "days": 1}).json()
    script = bearer(open_client(), day["token"])
    heir = script.post("/api/v1/tokens", json={"name": "for ever", "days": 3650}).json()
    assert heir["expires_at"] == day["expires_at"]
    shorter = operator.post("/api/v1/tokens", json={"name": "for a week", "days": 7}).json()
    assert shorter["expires_at"] > day["expires_at"]


def test_the_stream_tells_alerts_to_no_token_that_is_for_cameras_alone(operator: Client, open_client: Open) -> None:
    for scopes, status in ((["cameras:read"], 403), (["alerts:read"], 403), (["cameras:read", "alerts:read"], 200)):
        token = operator.post("/api/v1/tokens", json={"name": "wall", "scopes": scopes}).json()
        with bearer(open_client(), token["token"]).stream("GET", "/api/v1/stream", timeout=30) as answer:
            assert answer.status_code == status
