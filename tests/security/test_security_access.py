"""Who may call what: every endpoint there is, by everybody who might try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from endpoints import Endpoint, ask, endpoints
from httpx import Client
from world import World, log_in

from common.domain.user import Area, Role, TokenKind
from console.api.access import Needs
from console.api.build import create_api
from console.auth import create_token

Open = Callable[[], Client]

OPEN = {
    "GET /api/v1/login", "POST /api/v1/login", "GET /api/v1/login/oidc", "GET /api/v1/login/oidc/callback",
}  # fmt: skip
# What is no GET, and still for everybody who may look: it changes nothing, or only what is one's own.
HARMLESS = {
    "POST /api/v1/logout", "POST /api/v1/me/password", "DELETE /api/v1/me/sessions/{session_id}",
    "POST /api/v1/tokens", "DELETE /api/v1/tokens/{token_id}", "POST /api/v1/silences/preview",
    "POST /api/v1/try", "POST /api/v1/try/video", "POST /api/v1/gate",
}  # fmt: skip
# What an operator may change; all other changes are for administrators.
WORK = {
    "POST /api/v1/alerts/{alert_id}/ack", "POST /api/v1/alerts/{alert_id}/note",
    "POST /api/v1/alerts/{alert_id}/false-positive", "POST /api/v1/alerts/{alert_id}/snooze",
    "POST /api/v1/alerts/{alert_id}/feedback", "POST /api/v1/snapshots/{snapshot_id}/faces/{face}/feedback",
    "POST /api/v1/silences", "DELETE /api/v1/silences/{silence_id}", "POST /api/v1/rules/test",
    "POST /api/v1/rules/check", "POST /api/v1/rules/{rule_id}/test",
    "POST /api/v1/notifications/{notification_id}/resend",
}  # fmt: skip
# Concerns everybody, or every camera: not for those who may see some only. Beside these, all of an administrator's
# work on receivers, models, dead letters, users and erasures.
WHOLE = {
    "GET /api/v1/users", "GET /api/v1/users/{user_id}", "GET /api/v1/audit", "GET /api/v1/notifications",
    "POST /api/v1/notifications/{notification_id}/resend", "GET /api/v1/queues/{queue}/dead-letters",
    "GET /api/v1/privacy/erasures", "GET /api/v1/privacy/erasures/{erasure_id}",
}  # fmt: skip
WHOLE_AREAS = (Area.RECEIVERS, Area.MODELS, Area.SYSTEM, Area.PEOPLE, Area.PRIVACY)
# Parameters of paths that name something of a camera, and what looks after each.
OF_CAMERAS = {
    "camera_id": "_camera", "snapshot_id": "_snapshot", "event_id": "_event", "alert_id": "_alert", "rule_id": "_rule",
    "silence_id": "_silence",
}  # fmt: skip


@pytest.fixture
def guarded(world: World) -> list[Endpoint]:
    """All that somebody has to log in for."""
    return [one for one in endpoints(create_api(world.console)) if str(one) not in OPEN]


def test_every_endpoint_says_whom_it_is_for(world: World, guarded: list[Endpoint]) -> None:
    assert len(guarded) > 80
    assert [str(one) for one in guarded if len(one.needs) != 1] == []
    assert {str(one) for one in endpoints(create_api(world.console)) if not one.needs} == OPEN


def test_changes_are_for_those_who_are_named_here(guarded: list[Endpoint]) -> None:
    changes = [one for one in guarded if not one.is_safe]
    assert {str(one) for one in changes if one.need.role is Role.VIEWER} == HARMLESS
    assert {str(one) for one in changes if one.need.role is Role.OPERATOR} == WORK
    wide = {
        str(one)
        for one in changes
        if one.need.role is Role.ADMIN and one.need.area in WHOLE_AREAS and str(one) not in HARMLESS
    }
    assert {str(one) for one in guarded if one.need.everywhere} == wide | WHOLE


def test_what_belongs_to_a_camera_is_looked_for_within_reach(guarded: list[Endpoint]) -> None:
    unchecked = [
        (str(one), parameter)
        for one in guarded
        for parameter, check in OF_CAMERAS.items()
        if f"{{{parameter}}}" in one.path and check not in one.checks
    ]
    assert unchecked == []


def test_every_picture_is_noted_in_the_audit_log(guarded: list[Endpoint]) -> None:
    pictures = [one for one in guarded if one.is_safe and one.path.endswith(".jpg")]
    assert len(pictures) >= 4
    assert [str(one) for one in pictures if not one.notes_looks or one.need.area is not Area.PICTURES] == []


Caller = Callable[[World, Open], Client]
Refusal = Callable[[Endpoint], str]  # the code it is answered with; empty: let in


def nobody(_world: World, open_client: Open) -> Client:
    return open_client()


def with_a_forged_cookie(_world: World, open_client: Open) -> Client:
    client = open_client()
    client.cookies.set("maskwatch_session", "0" * 43)
    client.headers["X-CSRF-Token"] = "0" * 64
    return client


def whose_session_is_over(world: World, open_client: Open) -> Client:
    client = log_in(open_client(), "admin")
    world.clock.pass_(hours=12)
    return client


def whose_token_was_revoked(world: World, open_client: Open) -> Client:
    client = bearer(world, open_client)
    with world.console.repository.begin() as unit:
        for token in unit.users.tokens(kind=TokenKind.API):
            unit.users.remove_token(token.id)
    return client


def whose_token_is_too_old(world: World, open_client: Open) -> Client:
    client = bearer(world, open_client)
    world.clock.pass_(days=365)
    return client


def who_says_to_be_a_proxy(_world: World, open_client: Open) -> Client:
    client = open_client()
    client.headers.update({"X-Forwarded-User": "admin", "X-Forwarded-For": "127.0.0.1"})
    return client


def without_csrf_token(_world: World, open_client: Open) -> Client:
    client = log_in(open_client(), "admin")
    del client.headers["X-CSRF-Token"]
    return client


def with_another_sessions_csrf_token(_world: World, open_client: Open) -> Client:
    client, other = log_in(open_client(), "admin"), log_in(open_client(), "admin")
    client.headers["X-CSRF-Token"] = other.headers["X-CSRF-Token"]
    return client


def viewer(_world: World, open_client: Open) -> Client:
    return log_in(open_client(), "viewer")


def operator(_world: World, open_client: Open) -> Client:
    return log_in(open_client(), "operator")


def admin(_world: World, open_client: Open) -> Client:
    return log_in(open_client(), "admin")


def admin_of_one_site(world: World, open_client: Open) -> Client:
    with world.console.repository.begin() as unit:
        unit.users.save(replace(unit.users.get("id-of-admin"), id="north", name="north", sites=("North",)))
    return log_in(open_client(), "north")


def bearer(world: World, open_client: Open, *scopes: str, role: Role | None = None) -> Client:
    with world.console.repository.begin() as unit:
        user = unit.users.get("id-of-admin")
        _, secret = create_token(unit, user, name="script", scopes=scopes, role=role, clock=world.clock)
    client = open_client()
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


def token_of_a_viewer_role(world: World, open_client: Open) -> Client:
    return bearer(world, open_client, role=Role.VIEWER)


def token_for_alerts(world: World, open_client: Open) -> Client:
    return bearer(world, open_client, "alerts")


def token_to_read_alerts(world: World, open_client: Open) -> Client:
    return bearer(world, open_client, "alerts:read")


def unknown(_one: Endpoint) -> str:
    return "not_logged_in"


def forged(one: Endpoint) -> str:
    return "" if one.is_safe else "csrf"


def needing(test: Callable[[Needs, Endpoint], bool]) -> Refusal:
    return lambda one: "" if test(one.need, one) else "not_allowed"


def has_role(role: Role) -> Refusal:
    return needing(lambda need, _: role.includes(need.role))


def reads_itself(need: Needs, one: Endpoint) -> bool:
    return need.area is None and one.is_safe


CALLERS: dict[Caller, Refusal] = {
    nobody: unknown,
    with_a_forged_cookie: unknown,
    whose_session_is_over: unknown,
    whose_token_was_revoked: unknown,
    whose_token_is_too_old: unknown,
    who_says_to_be_a_proxy: unknown,
    without_csrf_token: forged,
    with_another_sessions_csrf_token: forged,
    viewer: has_role(Role.VIEWER),
    operator: has_role(Role.OPERATOR),
    admin: has_role(Role.ADMIN),
    admin_of_one_site: needing(lambda need, _: not need.everywhere),
    token_of_a_viewer_role: has_role(Role.VIEWER),
    token_for_alerts: needing(lambda need, one: need.area is Area.ALERTS or reads_itself(need, one)),
    token_to_read_alerts: needing(lambda need, one: one.is_safe and need.area in (Area.ALERTS, None)),
}


@pytest.mark.parametrize("caller", CALLERS, ids=lambda caller: caller.__name__)
def test_every_endpoint_lets_in_only_whom_it_should(
    caller: Caller, world: World, open_client: Open, guarded: list[Endpoint]
) -> None:
    client = caller(world, open_client)
    last = [one for one in guarded if one.path == "/api/v1/logout"]  # it ends what the others need
    for one in [one for one in guarded if one not in last] + last:
        status, code = ask(client, one)
        refused = code if status in (401, 403) else ""
        assert (str(one), refused) == (str(one), CALLERS[caller](one))
        assert status < 500 or code in ("unavailable", "overloaded"), str(one)


def test_every_change_that_is_tried_is_in_the_audit_log(
    world: World, open_client: Open, guarded: list[Endpoint]
) -> None:
    client = admin(world, open_client)
    tried = [one for one in guarded if not one.is_safe and one.path != "/api/v1/logout"]
    for one in tried:
        ask(client, one)
    with world.console.repository.begin() as unit:
        told = {entry.action for entry in unit.audit.list(by="admin", limit=1000)}
    assert told - {"log_in"} == {one.operation for one in tried}
