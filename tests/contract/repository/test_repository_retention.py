"""What upkeep asks of the database, on every repository."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from repository_values import ALERT, EVENT, HOUR, NOON, SECOND, prediction, shot

from common.domain.alert import AlertState
from common.domain.alert_group import AlertGroup
from common.domain.decision import Decision, Verdict
from common.domain.event import EventState
from common.domain.notification import Notification, NotificationKind, NotificationState
from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.sighting import Sighting
from common.domain.statistics import Grouping
from common.errors import NotFound
from common.ports.repository import Repository

RESOLVED = replace(ALERT, state=AlertState.RESOLVED, resolved_at=NOON)
ENDED = replace(EVENT, state=EventState.RESOLVED, resolved_at=NOON)


def at(number: int) -> datetime:
    return NOON + number * SECOND


def sighting(name: str, *, seen: int) -> Sighting:
    return Sighting(id=name, camera_id="cam", began_at=at(0), seen_at=at(seen), shots=2, label=Label.NO_MASK)


class TestRetention:
    def test_cameras_are_found_by_their_shots(self, repository: Repository) -> None:
        with repository.begin() as unit:
            assert unit.retention.camera_ids() == []
            for number, camera_id in enumerate(["b", "a", "b", "c"]):
                unit.shots.record(shot(number, camera_id=camera_id))
            assert unit.retention.camera_ids() == ["a", "b", "c"]

    def test_old_shots_go_with_their_predictions_the_oldest_first(self, repository: Repository) -> None:
        with repository.begin() as unit:
            for number in range(4):
                unit.shots.record(shot(number, outcome=Outcome.PREDICTED))
                unit.predictions.add(prediction(number))
            unit.shots.record(shot(0, camera_id="other"))
        with repository.begin() as unit:
            unit.sightings.save_many([sighting("gone", seen=2), sighting("there", seen=3)])
            assert unit.retention.count_shots("cam", before=at(3)) == 3
            assert unit.retention.remove_shots("cam", before=at(3), limit=2) == 2
            assert unit.retention.remove_shots("cam", before=at(3), limit=2) == 1
            assert unit.retention.remove_shots("cam", before=at(3), limit=2) == 0
            assert [each.id for each in unit.sightings.list()] == ["there"]
        with repository.begin() as unit:
            assert {each.id for each in unit.shots.list()} == {shot(3).id, shot(0, camera_id="other").id}
            assert set(unit.predictions.get_many([shot(number).id for number in range(4)])) == {shot(3).id}

    def test_what_an_alert_or_an_open_event_shows_stays_and_statistics_stay(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.shots.record(shot(0))
            unit.shots.record(shot(1))
            unit.statistics.add("cam", NOON, shots={Outcome.TAKEN: 2})
            unit.shots.record(shot(2))
            unit.alerts.save(replace(ALERT, snapshot_id=shot(0).id))
            unit.events.save(replace(EVENT, snapshot_id=shot(2).id))
            assert unit.retention.count_shots("cam", before=at(9)) == 1
            assert unit.retention.remove_shots("cam", before=at(9), limit=9) == 1
            assert [each.id for each in unit.shots.list()] == [shot(2).id, shot(0).id]
            unit.events.save(replace(ENDED, snapshot_id=shot(2).id))
            assert unit.retention.count_shots("cam", before=at(9)) == 1
            assert unit.statistics.query(by=Grouping.HOUR)[0].shots[Outcome.TAKEN] == 2

    def test_old_alerts_go_with_their_events_once_they_are_resolved(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.events.save(ENDED)
            unit.alerts.save(RESOLVED)
            unit.alerts.save(replace(ALERT, id="firing", event_id="open"))
            unit.alerts.save(replace(RESOLVED, id="young", event_id="late", fired_at=NOON + HOUR))
            assert unit.retention.count_alerts(before=NOON + SECOND) == 1
            assert unit.retention.remove_alerts(before=NOON + SECOND, limit=9) == 1
            assert {alert.id for alert in unit.alerts.list()} == {"firing", "young"}
            with pytest.raises(NotFound):
                unit.events.get(ENDED.id)

    def test_with_old_alerts_go_why_they_were_told_and_the_messages(self, repository: Repository) -> None:
        said = Decision(alert_id="", number=0, at=NOON, stage="route", verdict=Verdict.PASSED, reason="")
        message = Notification(
            id="n", key="n", receiver_id="r", kind=NotificationKind.FIRING, created_at=NOON, due_at=NOON
        )
        sent = replace(message, state=NotificationState.SENT, sent_at=NOON)
        with repository.begin() as unit:
            for name, late in (("old", 0), ("young", 2)):
                unit.groups.hold(AlertGroup(id=name, key=name, rule_id="rule", place="", opened_at=at(late)))
                unit.alerts.save(replace(RESOLVED, id=name, event_id=name, fired_at=at(late), group_id=name))
                unit.decisions.add(name, [said])
            for name in ("still-open", "shared"):
                unit.groups.hold(AlertGroup(id=name, key=name, rule_id="rule", place="", opened_at=NOON))
            for name in ("old", "shared"):
                unit.groups.save(replace(unit.groups.get(name), closed_at=NOON))
            unit.alerts.save(replace(RESOLVED, id="late", event_id="late", fired_at=at(2), group_id="shared"))
            unit.notifications.add(replace(sent, group_id="old", alert_ids=("old",)))
            unit.notifications.add(replace(sent, id="digest", key="digest", kind=NotificationKind.DIGEST))
            unit.notifications.add(replace(sent, id="young", key="young", created_at=at(2)))
            unit.notifications.add(replace(message, id="waits", key="waits"))
            assert unit.retention.remove_alerts(before=at(1), limit=9) == 1
            assert [unit.decisions.of(name) == [] for name in ("old", "young")] == [True, False]
            assert {one.id for one in unit.notifications.list()} == {"young", "waits"}
            with pytest.raises(NotFound):
                unit.groups.get("old")
            assert [unit.groups.get(name).id for name in ("young", "still-open", "shared")]

    def test_the_pictures_that_alerts_show(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.alerts.save(ALERT)
            assert unit.retention.shown_by_alerts([ALERT.image_key, "other.jpg"]) == {ALERT.image_key}
            assert unit.retention.shown_by_alerts([]) == set()

    def test_without_fault_is_who_surely_wears_a_mask_and_nobody(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.predictions.add(prediction(0))
            unit.predictions.add(prediction(1, Label.MASK_CORRECT, Label.MASK_CORRECT))
            for number, label in enumerate(set(Label) - {Label.MASK_CORRECT}, start=2):
                unit.predictions.add(prediction(number, Label.MASK_CORRECT, label))
            asked = [shot(number).id for number in range(9)]
            assert unit.retention.without_fault(asked) == {shot(0).id, shot(1).id}

    def test_shots_with_a_picture_in_their_order(self, repository: Repository) -> None:
        with repository.begin() as unit:
            for number in (3, 1, 2, 4):
                unit.shots.record(shot(number, image_key=f"{number}.jpg"))
            unit.shots.record(shot(0, outcome=Outcome.FAILED))
            unit.shots.record(shot(1, camera_id="other", image_key="other.jpg"))

            def found(**bounds: object) -> list[str | None]:
                return [each.image_key for each in unit.retention.pictured("cam", **bounds)]

            assert found(after=None, before=at(9), limit=2) == ["1.jpg", "2.jpg"]
            assert found(after=at(2), before=at(4), limit=9) == ["3.jpg"]
            asked = (shot(0).id, shot(1).id, "never")
            assert unit.retention.pictures_of(asked) == {"1.jpg"}

    def test_a_picture_is_forgotten_with_the_reason_and_restored(self, repository: Repository) -> None:
        first, second = shot(0, image_key="a.jpg"), shot(1, image_key="b.jpg", reason="why")
        with repository.begin() as unit:
            unit.shots.record(first)
            unit.shots.record(second)
            unit.retention.forget_pictures([first.id, second.id], reason="gone")
            unit.retention.forget_pictures([], reason="gone")
            assert unit.shots.get(first.id) == replace(first, image_key=None, reason="gone")
            assert unit.shots.get(second.id) == replace(second, image_key=None)
            assert unit.retention.forgotten([first.id, second.id, "never"], reason="gone") == {first.id}
            assert unit.retention.forgotten([first.id], reason="other") == set()
            unit.retention.restore_picture(first.id, "a.jpg")
            assert unit.retention.forgotten([first.id], reason="gone") == set()
            assert unit.shots.get(first.id) == first
