"""The audit log, the ledger of erasures, and lists of some cameras only, on every repository."""

from __future__ import annotations

from dataclasses import replace

import pytest
from repository_values import ALERT, CAMERA, EVENT, HOUR, MINUTE, NOON, SECOND, prediction, shot

from common.domain.audit import AuditEntry
from common.domain.erasure import Erasure, ErasureState
from common.domain.prediction import Label
from common.domain.shot import Outcome
from common.domain.statistics import Grouping
from common.errors import NotFound
from common.ports.repository import Repository

CHANGE = AuditEntry(
    id="change",
    at=NOON,
    by="ada",
    user_id="user",
    token="night report",
    address="192.0.2.7",
    action="change_camera",
    target="cameras/cam",
    fields=("password", "interval_seconds"),
    status=409,
)
LOOKS = AuditEntry(
    id="looks", at=NOON + MINUTE, by="bob", action="look", target="cameras/cam", camera_id="cam", until=NOON + MINUTE
)
ERASURE = Erasure(
    id="erasure",
    requested_at=NOON,
    by="ada",
    reason="asked for by a visitor",
    camera_id="cam",
    camera="Entrance",
    start=NOON - HOUR,
    end=NOON,
)


class TestAudit:
    def test_entries_are_found_by_who_what_and_when(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.audit.add(CHANGE)
            unit.audit.add_looks([LOOKS])
        with repository.begin() as unit:
            assert unit.audit.list() == [LOOKS, CHANGE]
            assert unit.audit.list(by="ada") == unit.audit.list(action="change_camera") == [CHANGE]
            assert unit.audit.list(camera_id="cam") == unit.audit.list(after=NOON + SECOND) == [LOOKS]
            assert unit.audit.list(before=NOON) == []
            assert unit.audit.list(limit=1) == [LOOKS]

    def test_looks_add_up(self, repository: Repository) -> None:
        later, earlier = NOON + 3 * MINUTE, NOON + 2 * MINUTE
        with repository.begin() as unit:
            for count, until in ((1, NOON + MINUTE), (7, later), (2, earlier)):
                looks = replace(LOOKS, at=until, count=count, until=until)
                unit.audit.add_looks([looks, replace(looks, id=f"of {count}")])
            unit.audit.add_looks([])
            found = {entry.id: entry for entry in unit.audit.list()}
            assert found.keys() == {LOOKS.id, "of 1", "of 7", "of 2"}
            assert found[LOOKS.id] == replace(LOOKS, count=10, until=later)

    def test_the_oldest_go_first(self, repository: Repository) -> None:
        with repository.begin() as unit:
            for number in range(4):
                unit.audit.add(replace(CHANGE, id=str(number), at=NOON + number * MINUTE))
            assert unit.audit.count(before=NOON + 3 * MINUTE) == 3
            assert unit.audit.remove(before=NOON + 3 * MINUTE, limit=2) == 2
            assert [entry.id for entry in unit.audit.list()] == ["3", "2"]
            assert unit.audit.remove(before=NOON + 3 * MINUTE, limit=2) == 1


class TestErasures:
    def test_the_ledger_keeps_all_and_says_what_is_to_do(self, repository: Repository) -> None:
        done = replace(
            ERASURE, id="done", requested_at=NOON + MINUTE, state=ErasureState.DONE, camera_id="", camera="",
            start=None, end=None, snapshots=5, pictures=4, crops=3, sightings=2, alerts=1, finished_at=NOON + HOUR,
        )  # fmt: skip
        with repository.begin() as unit:
            unit.erasures.save(ERASURE)
            unit.erasures.save(replace(done, snapshots=0))
            unit.erasures.save(done)
        with repository.begin() as unit:
            assert unit.erasures.list() == [done, ERASURE]
            assert unit.erasures.list(before=NOON + MINUTE) == unit.erasures.unfinished() == [ERASURE]
            assert unit.erasures.get("done") == done
            with pytest.raises(NotFound):
                unit.erasures.get("never")


class TestListsOfSomeCameras:
    def test_what_belongs_to_others_is_not_there(self, repository: Repository) -> None:
        with repository.begin() as unit:
            for camera_id in ("cam", "other"):
                unit.cameras.add(replace(CAMERA, id=camera_id, name=camera_id))
                unit.shots.record(shot(camera_id=camera_id, outcome=Outcome.PREDICTED))
                unit.predictions.add(prediction(0, Label.NO_MASK, camera_id=camera_id))
                unit.events.save(replace(EVENT, id=camera_id, camera_id=camera_id))
                unit.alerts.save(replace(ALERT, id=camera_id, event_id=camera_id, camera_id=camera_id))
                unit.statistics.add(camera_id, NOON, shots={Outcome.PREDICTED: 1})
            mine = ["cam"]
            assert [one.camera_id for one in unit.shots.list(camera_ids=mine)] == mine
            assert [one.camera_id for one in unit.shots.list(camera_ids=mine, label=Label.NO_MASK)] == mine
            assert [one.camera_id for one in unit.events.list(camera_ids=mine)] == mine
            assert [one.camera_id for one in unit.alerts.list(camera_ids=mine)] == mine
            for by in Grouping:
                if by is not Grouping.ZONE:
                    [row] = unit.statistics.query(by=by, camera_ids=mine)
                    assert row.scheduled == 1
            assert unit.shots.list(camera_ids=()) == unit.alerts.list(camera_ids=()) == unit.events.list(camera_ids=())
            assert unit.statistics.query(by=Grouping.HOUR, camera_ids=()) == []
            assert unit.sightings.list(camera_ids=()) == unit.feedback.list(camera_ids=()) == []
