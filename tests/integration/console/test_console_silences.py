"""Silences, snoozing, and why somebody was told or not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from httpx import Client
from world import START, World

from common.domain.alert import AlertState
from common.domain.alert_group import AlertGroup
from common.domain.decision import Decision, Verdict
from common.domain.notification import Notification, NotificationKind
from common.domain.receiver import Receiver, ReceiverKind


def test_an_operator_silences_and_ends_it(operator: Client, viewer: Client, world: World) -> None:
    camera, rule = world.camera(), world.rule()
    form = {"cameras": [camera.id], "rules": [rule.id], "seconds": 3600, "comment": "cleaning"}
    answer = operator.post("/api/v1/silences", json=form)
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/silences/{made['id']}"
    assert (made["starts_at"], made["ends_at"]) == ("2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z")
    assert (made["created_by"], made["is_active"], made["comment"]) == ("operator", True, "cleaning")
    assert viewer.get("/api/v1/silences").json()["items"] == [made]
    world.clock.pass_(minutes=10)
    assert operator.delete(f"/api/v1/silences/{made['id']}").status_code == 204
    assert viewer.get("/api/v1/silences").json()["items"] == []
    [past] = viewer.get("/api/v1/silences", params={"past": 1}).json()["items"]
    assert (past["ends_at"], past["is_active"]) == ("2026-03-02T12:10:00Z", False)


def test_a_silence_to_come_is_forgotten_when_it_is_ended(operator: Client) -> None:
    form = {"starts_at": "2026-03-03T12:00:00+01:00", "ends_at": "2026-03-03T13:00:00+01:00"}
    made = operator.post("/api/v1/silences", json=form).json()
    assert made["is_active"] is False
    assert operator.delete(f"/api/v1/silences/{made['id']}").status_code == 204
    assert operator.get(f"/api/v1/silences/{made['id']}").status_code == 404


@pytest.mark.parametrize(
    ("form", "status", "sentence"),
    [
        ({}, 422, "exactly one of"),
        ({"seconds": 5, "ends_at": "2026-03-03T12:00:00Z"}, 422, "exactly one of"),
        ({"ends_at": "2026-03-03T12:00:00"}, 422, "need an offset"),
        ({"ends_at": "2026-03-01T12:00:00Z"}, 422, "must end after it starts"),
        ({"ends_at": "2028-03-01T12:00:00Z"}, 422, "366 days at most"),
        ({"seconds": 60, "cameras": ["nowhere"]}, 404, "nowhere"),
        ({"seconds": 60, "rules": ["nothing"]}, 404, "nothing"),
        ({"seconds": 60, "doors": []}, 422, "is not a known field"),
    ],
)
def test_a_silence_that_makes_no_sense_is_refused(
    operator: Client, form: dict[str, object], status: int, sentence: str
) -> None:
    answer = operator.post("/api/v1/silences", json=form)
    assert answer.status_code == status
    assert sentence in answer.text


def test_what_a_silence_would_hide_is_told_before(operator: Client, viewer: Client, world: World) -> None:
    door, till = world.camera("Door"), world.camera("Till", site="South")
    rule, other = world.rule("No masks"), world.rule("Other")
    here = world.alert(door, rule)
    world.alert(till, rule, age=60)
    world.alert(door, other, age=90, state=AlertState.RESOLVED)
    world.alert(door, rule, age=8 * 86_400, state=AlertState.RESOLVED)
    hidden = viewer.post(
        "/api/v1/silences/preview", json={"rules": [rule.id], "sites": ["North"], "seconds": 60}
    ).json()
    assert hidden == {
        "is_everything": False,
        "cameras": [{"id": door.id, "name": "Door"}],
        "rules": [{"id": rule.id, "name": "No masks"}],
        "firing": [{"id": here.id, "summary": here.summary, "camera": "Door"}],
        "last_week": 1,
        "of_last_week": 3,
    }
    everything = viewer.post("/api/v1/silences/preview", json={"seconds": 60}).json()
    assert (everything["is_everything"], everything["last_week"], len(everything["cameras"])) == (True, 3, 2)
    assert operator.get("/api/v1/silences").json()["items"] == []
    assert viewer.post("/api/v1/silences/preview", json={}).status_code == 422


def test_viewers_silence_and_snooze_nothing(viewer: Client, world: World) -> None:
    alert = world.alert(world.camera(), world.rule())
    assert viewer.post("/api/v1/silences", json={"seconds": 60}).status_code == 403
    assert viewer.post(f"/api/v1/alerts/{alert.id}/snooze", json={}).status_code == 403


def test_an_alert_is_snoozed_and_woken(operator: Client, world: World) -> None:
    alert = world.alert(world.camera(), world.rule())
    path = f"/api/v1/alerts/{alert.id}/snooze"
    assert operator.post(path, json={"seconds": 60}).json()["snoozed_until"] == "2026-03-02T12:01:00Z"
    assert operator.post(path, json={"seconds": 0}).json()["snoozed_until"] is None
    assert operator.post(path, json={"seconds": -1}).status_code == 422


def test_an_alert_tells_why_who_was_told(viewer: Client, world: World) -> None:
    alert = replace(world.alert(world.camera(), world.rule()), group_id="g")
    with world.console.repository.begin() as unit:
        unit.alerts.save(alert)
        unit.groups.save(AlertGroup(id="g", key="k", rule_id=alert.rule_id, place="Door", opened_at=START))
        unit.receivers.add(
            Receiver(id="r", name="Anna", kind=ReceiverKind.APPRISE, url="json://user:secret@host", created_at=START)
        )
        unit.decisions.add(
            alert.id,
            [Decision(alert_id="", number=0, at=START, stage="route", verdict=Verdict.PASSED, reason="goes to Anna")],
        )
        message = Notification(
            id="n", key="n", receiver_id="r", kind=NotificationKind.FIRING, group_id="g", alert_ids=(alert.id,),
            created_at=START, due_at=START,
        )  # fmt: skip
        unit.notifications.add(message)
        unit.notifications.add(replace(message, id="other", key="other", alert_ids=("another",)))
    answer = viewer.get(f"/api/v1/alerts/{alert.id}")
    found = answer.json()
    assert found["decisions"] == [
        {"at": "2026-03-02T12:00:00Z", "stage": "route", "verdict": "passed", "reason": "goes to Anna"}
    ]
    [told] = found["messages"]
    assert (told["receiver"], told["kind"], told["state"], told["sent_at"]) == ("Anna", "firing", "queued", None)
    assert "secret" not in answer.text
