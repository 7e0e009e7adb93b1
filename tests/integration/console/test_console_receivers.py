"""Receivers: who is told, without anybody being shown their addresses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from httpx import Client
from world import START, World

from common.domain.notification import Notification, NotificationKind, NotificationState
from common.errors import Unavailable

MAIL = {"name": "Anna", "url": "mailto://anna:hunter2@mail.example?to=anna@shop.example"}
HOOK = {"name": "Hook", "kind": "webhook", "url": "https://hooks.example/T0KEN", "secret": "shared-key"}


def test_a_receiver_is_added_listed_and_removed_and_its_address_is_shown_to_nobody(
    admin: Client, viewer: Client
) -> None:
    answer = admin.post("/api/v1/receivers", json=HOOK)
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/receivers/{made['id']}"
    assert (made["url"], made["has_secret"], made["language"]) == ("https://***", True, "en")
    seen = viewer.get("/api/v1/receivers")
    assert seen.json()["items"] == [made | {"last": None, "sent_today": 0}]
    assert viewer.get(f"/api/v1/receivers/{made['id']}").json() == made
    assert made["host"] == "hooks.example"
    for text in (answer.text, seen.text):
        assert "T0KEN" not in text
        assert "shared-key" not in text
    assert admin.delete(f"/api/v1/receivers/{made['id']}").status_code == 204
    assert viewer.get(f"/api/v1/receivers/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"url": "no scheme"}, "needs a scheme"),
        ({"url": "ftp://host/x"}, "needs http or https, not ftp"),
        ({"kind": "mqtt"}, "needs mqtt or mqtts, not https"),
        ({"kind": "pigeon"}, "kind"),
        ({"language": "fr"}, "language"),
        ({"timezone": "Mars/Olympus"}, "no known time zone"),
        ({"digest_hour": 24}, "digest_hour"),
        ({"kind": "alertmanager", "digest": "daily"}, "Alertmanager takes alerts only"),
        ({"kind": "apprise", "url": "unknown://host/T0KEN"}, "nobody understands this URL"),
        ({"phone": "1"}, "not a known field"),
    ],
)
def test_a_receiver_that_cannot_be_told_is_refused(admin: Client, change: dict[str, Any], sentence: str) -> None:
    answer = admin.post("/api/v1/receivers", json=HOOK | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "T0KEN" not in answer.text


def test_a_name_is_taken_once(admin: Client) -> None:
    assert admin.post("/api/v1/receivers", json=MAIL).status_code == 201
    answer = admin.post("/api/v1/receivers", json=HOOK | {"name": "Anna"})
    assert answer.status_code == 409
    assert "exists already" in answer.json()["detail"]


def test_rules_follow_a_new_name_and_secrets_stay(admin: Client, world: World) -> None:
    made = admin.post("/api/v1/receivers", json=HOOK).json()
    rule = {"name": "R", "condition": {"count": {">=": 1}}, "receivers": ["Hook", "Other"]}
    rule_id = admin.post("/api/v1/rules", json=rule).json()["id"]
    changed = admin.patch(f"/api/v1/receivers/{made['id']}", json={"name": "Desk", "per_minute": 6}).json()
    assert (changed["name"], changed["per_minute"], changed["has_secret"]) == ("Desk", 6, True)
    assert admin.get(f"/api/v1/rules/{rule_id}").json()["receivers"] == ["Desk", "Other"]
    with world.console.repository.begin() as unit:
        assert unit.receivers.get(made["id"]).url == HOOK["url"]


def test_the_test_button_says_what_the_receiver_said(admin: Client, operator: Client, world: World) -> None:
    made = admin.post("/api/v1/receivers", json=MAIL).json()
    path = f"/api/v1/receivers/{made['id']}/test"
    assert operator.post(path).status_code == 403
    assert admin.post(path).json() == {"delivered": True, "error": None}
    world.messaging.refusal = Unavailable("mail.example answered 535 bad password")
    assert admin.post(path).json() == {"delivered": False, "error": "mail.example answered 535 bad password"}
    assert world.messaging.tested == ["Anna"]


def test_only_admins_change_receivers(operator: Client, viewer: Client) -> None:
    for client in (operator, viewer):
        assert client.post("/api/v1/receivers", json=MAIL).status_code == 403


def test_messages_are_listed_newest_first_in_pages(admin: Client, viewer: Client, world: World) -> None:
    receiver = admin.post("/api/v1/receivers", json=MAIL).json()
    with world.console.repository.begin() as unit:
        for number in range(3):
            unit.notifications.add(
                Notification(
                    id=f"n{number}",
                    key=f"k{number}",
                    receiver_id=receiver["id"],
                    kind=NotificationKind.FIRING,
                    created_at=START,
                    due_at=START,
                )
            )
    seen, cursor = [], None
    while True:
        page = viewer.get("/api/v1/notifications", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(one["id"] for one in seen) == ["n0", "n1", "n2"]
    assert {one["receiver"] for one in seen} == {"Anna"}
    assert viewer.get("/api/v1/notifications", params={"state": "sent"}).json()["items"] == []


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("mailto://anna:hunter2@mail.example?to=a@b.example", "mail.example"),
        ("tgram://123456:T0KEN/42", None),
        ("slack://T0KEN/B/C/alerts", None),
    ],
)
def test_the_host_of_an_address_is_shown_unless_it_may_be_a_token(admin: Client, url: str, host: str | None) -> None:
    answer = admin.post("/api/v1/receivers", json={"name": "Anna", "url": url})
    assert answer.json()["host"] == host
    assert "T0KEN" not in answer.text
    assert "hunter2" not in answer.text


def message(receiver_id: str, number: int, state: NotificationState, **fields: Any) -> Notification:
    return Notification(
        id=f"n{number}", key=f"k{number}", receiver_id=receiver_id, kind=NotificationKind.FIRING, state=state,
        created_at=START - timedelta(hours=20 - number), due_at=START, **fields,
    )  # fmt: skip


def test_the_list_tells_how_the_last_message_went_and_how_many_came_today(admin: Client, world: World) -> None:
    made = admin.post("/api/v1/receivers", json=MAIL | {"timezone": "Asia/Shanghai"}).json()
    with world.console.repository.begin() as unit:
        for number, hours in enumerate((21, 19, 1)):  # midnight in Shanghai was 20 hours ago
            unit.notifications.add(
                message(made["id"], number, NotificationState.SENT, sent_at=START - timedelta(hours=hours))
            )
        lost = message(made["id"], 9, NotificationState.GIVEN_UP, attempts=7, error="mail.example answered 535")
        unit.notifications.add(lost)
    [listed] = admin.get("/api/v1/receivers").json()["items"]
    assert listed["sent_today"] == 2
    assert (listed["last"]["state"], listed["last"]["attempts"], listed["last"]["error"]) == (
        "given_up", 7, "mail.example answered 535",
    )  # fmt: skip


def test_what_was_given_up_is_sent_again_once(admin: Client, operator: Client, viewer: Client, world: World) -> None:
    made = admin.post("/api/v1/receivers", json=MAIL).json()
    with world.console.repository.begin() as unit:
        unit.notifications.add(message(made["id"], 0, NotificationState.GIVEN_UP, attempts=7, error="no"))
    assert viewer.post("/api/v1/notifications/n0/resend").status_code == 403
    assert operator.post("/api/v1/notifications/n0/resend").json()["state"] == "queued"
    with world.console.repository.begin() as unit:
        [claimed] = unit.notifications.claim(now=START, until=START + timedelta(minutes=1), limit=5)
    assert claimed.id == "n0"
    again = operator.post("/api/v1/notifications/n0/resend")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert operator.post("/api/v1/notifications/n7/resend").status_code == 404
