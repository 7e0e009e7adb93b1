"""Histories, sightings, and what is told of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from repository_values import NOON

from common.domain.alert_group import AlertGroup
from common.domain.decision import Decision, Verdict
from common.domain.feedback import Feedback
from common.domain.notification import Notification, NotificationKind, NotificationState
from common.domain.prediction import Label
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.sighting import Sighting
from common.domain.silence import Silence
from common.domain.statistics import Grouping
from common.errors import Conflict, NotFound
from common.ports.repository import Repository

MINUTE = timedelta(minutes=1)


def test_a_history_is_empty_at_first_and_then_what_was_saved(repository: Repository) -> None:
    with repository.begin() as unit:
        assert unit.histories.hold("cam") is None
        unit.histories.save("cam", '{"a": 1}')
    with repository.begin() as unit:
        assert unit.histories.hold("cam") == '{"a": 1}'
        assert unit.histories.hold("other") is None


def test_a_sighting_tells_what_it_replaced(repository: Repository) -> None:
    first = Sighting(id="s", camera_id="cam", began_at=NOON, seen_at=NOON, shots=1, label=Label.UNCERTAIN)
    second = replace(first, seen_at=NOON + MINUTE, shots=2, label=Label.NO_MASK, zones=("till",), box=(1, 2, 3, 4.5))
    with repository.begin() as unit:
        assert unit.sightings.save(first) is None
        assert unit.sightings.save(second) == first
    with repository.begin() as unit:
        assert unit.sightings.list(camera_id="cam", label=Label.NO_MASK, after=NOON, before=NOON + MINUTE) == [second]
        assert unit.sightings.list(label=Label.UNCERTAIN) == []
        assert unit.sightings.drop("s") == second
        assert unit.sightings.drop("s") is None


def test_receivers_have_names_of_their_own(repository: Repository) -> None:
    desk = Receiver(id="r1", name="Desk", kind=ReceiverKind.APPRISE, url="json://user:secret@h", created_at=NOON)
    with repository.begin() as unit:
        unit.receivers.add(desk)
        unit.receivers.add(replace(desk, id="r2", name="Alarm", enabled=False))
    with repository.begin() as unit:
        assert [one.name for one in unit.receivers.list()] == ["Alarm", "Desk"]
        assert unit.receivers.list(enabled=True) == [desk]
        assert unit.receivers.find("Desk") == desk == unit.receivers.get("r1")
        with pytest.raises(Conflict, match="exists already"):
            unit.receivers.update(replace(desk, name="Alarm"))
        unit.receivers.remove("r2")
        with pytest.raises(NotFound):
            unit.receivers.get("r2")
    assert "secret" not in repr(desk)


def test_silences_are_listed_until_they_end(repository: Repository) -> None:
    silence = Silence(id="s", starts_at=NOON, ends_at=NOON + MINUTE, sites=("Shop",), created_at=NOON)
    with repository.begin() as unit:
        unit.silences.save(silence)
    with repository.begin() as unit:
        assert unit.silences.list(ending_after=NOON) == [silence] == unit.silences.list()
        assert unit.silences.list(ending_after=NOON + MINUTE) == []
        unit.silences.remove("s")
        with pytest.raises(NotFound):
            unit.silences.remove("s")


def test_every_silence_is_listed_however_many_there_are(repository: Repository) -> None:
    with repository.begin() as unit:
        for number in range(250):
            unit.silences.save(
                Silence(id=f"s{number}", starts_at=NOON + number * MINUTE, ends_at=NOON + 500 * MINUTE, created_at=NOON)
            )
    with repository.begin() as unit:
        assert len(unit.silences.list(ending_after=NOON)) == 250
        assert [one.id for one in unit.silences.list(limit=2)] == ["s249", "s248"]


def test_one_group_of_a_key_is_open(repository: Repository) -> None:
    group = AlertGroup(id="g", key="rule/cam", rule_id="rule", place="Door", opened_at=NOON)
    with repository.begin() as unit:
        unit.groups.save(group)
    with pytest.raises(Conflict), repository.begin() as unit:
        unit.groups.save(replace(group, id="h"))
    with repository.begin() as unit:
        assert unit.groups.hold(replace(group, id="h")) == group
        other = replace(group, id="o", key="rule/other", opened_at=NOON + MINUTE, asked_at=NOON, cleared_at=NOON)
        assert unit.groups.hold(other) == other
        assert not other.is_told
        unit.groups.save(replace(other, closed_at=NOON))
    with repository.begin() as unit:
        assert unit.groups.open(key="rule/cam", to_change=True) == [group]
        unit.groups.save(replace(group, closed_at=NOON + MINUTE))
        unit.groups.save(replace(group, id="h"))
        assert [one.id for one in unit.groups.open()] == ["h"]
        assert unit.groups.alerts("g") == []


def test_decisions_are_numbered_within_their_alert(repository: Repository) -> None:
    said = Decision(alert_id="", number=0, at=NOON, stage="silence", verdict=Verdict.STOPPED, reason="silenced")
    with repository.begin() as unit:
        unit.decisions.add("a", [said, replace(said, stage="route")])
        unit.decisions.add("b", [said])
    with repository.begin() as unit:
        unit.decisions.add("a", [said])
        unit.decisions.add("a", [])
    with repository.begin() as unit:
        assert [(one.number, one.stage) for one in unit.decisions.of("a")] == [
            (1, "silence"),
            (2, "route"),
            (3, "silence"),
        ]


def test_the_outbox_takes_a_key_once_and_gives_each_to_one_sender(repository: Repository) -> None:
    queued = Notification(
        id="n1", key="k1", receiver_id="r", kind=NotificationKind.FIRING, created_at=NOON, due_at=NOON, alert_ids=("a",)
    )
    with repository.begin() as unit:
        assert unit.notifications.add(queued)
        assert not unit.notifications.add(replace(queued, id="n2"))
        assert unit.notifications.add(replace(queued, id="n3", key="k3", due_at=NOON + MINUTE, group_id="g"))
    with repository.begin() as unit:
        [mine] = unit.notifications.claim(now=NOON, until=NOON + MINUTE, limit=9)
        assert mine == replace(queued, claimed_until=NOON + MINUTE)
    with repository.begin() as unit:
        assert unit.notifications.claim(now=NOON, until=NOON + MINUTE, limit=9) == []
        unit.notifications.save(replace(mine, state=NotificationState.SENT, sent_at=NOON, claimed_until=None))
    with repository.begin() as unit:
        assert [unit.notifications.count_sent("r", since=at) for at in (NOON, NOON + MINUTE)] == [1, 0]
        other = unit.notifications.claim(
            now=NOON + MINUTE, until=NOON + 2 * MINUTE, limit=9, except_receivers=["r", "x"]
        )
        assert other == []
        later = unit.notifications.claim(now=NOON + MINUTE, until=NOON + 2 * MINUTE, limit=9)
        assert [one.id for one in later] == ["n3"] == [one.id for one in unit.notifications.of_group("g")]
        assert [one.id for one in unit.notifications.list(state=NotificationState.SENT)] == ["n1"]
        assert unit.notifications.hold(["n3", "n1", "n9"]) == later  # of these only one waits
        assert unit.notifications.hold([]) == []


def test_the_last_word_on_a_face_stands(repository: Repository) -> None:
    said = Feedback(
        id="f", snapshot_id="s", camera_id="c", face=0, box=(1, 2, 3, 4), said=Label.NO_MASK, meant=None, at=NOON
    )
    with repository.begin() as unit:
        unit.feedback.save(said)
        unit.feedback.save(replace(said, meant=Label.MASK_CORRECT))
    with repository.begin() as unit:
        assert unit.feedback.list() == [replace(said, meant=Label.MASK_CORRECT)] == [unit.feedback.get("f")]
        unit.feedback.save(replace(said, id="g"))
        unit.feedback.remove(["f", "never"])
    with repository.begin() as unit:
        assert [one.id for one in unit.feedback.list()] == ["g"]


def test_a_zone_counts_apart_from_the_whole_picture(repository: Repository) -> None:
    with repository.begin() as unit:
        unit.statistics.add("cam", NOON, people={Label.NO_MASK: 2}, events=1, acknowledged=1, reaction_seconds=2.5)
        unit.statistics.add("cam", NOON, zone="till", people={Label.NO_MASK: 1})
    with repository.begin() as unit:
        [row] = unit.statistics.query(by=Grouping.CAMERA)
        assert (row.people, row.events, row.acknowledged, row.reaction_seconds) == ({Label.NO_MASK: 2}, 1, 1, 2.5)
