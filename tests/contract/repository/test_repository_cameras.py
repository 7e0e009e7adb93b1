"""Cameras, on every repository."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from repository_values import (
    ALERT,
    BARE_CAMERA,
    CAMERA,
    EVENT,
    NOON,
    shot,
)

from common.domain.camera import Camera
from common.domain.event import EventState
from common.domain.statistics import Grouping, Statistics
from common.errors import Conflict, NotFound
from common.ports.repository import Repository


class TestCameras:
    @pytest.mark.parametrize("camera", [CAMERA, BARE_CAMERA])
    def test_a_camera_comes_back_as_it_was(self, repository: Repository, camera: Camera) -> None:
        with repository.begin() as unit:
            unit.cameras.add(camera)
        with repository.begin() as unit:
            assert unit.cameras.get(camera.id) == camera
            assert unit.cameras.find(camera.name) == camera

    def test_instants_come_back_aware_whatever_their_zone(self, repository: Repository) -> None:
        local = NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))
        with repository.begin() as unit:
            unit.cameras.add(replace(CAMERA, created_at=local))
        with repository.begin() as unit:
            created_at = unit.cameras.get("cam").created_at
        assert created_at == NOON
        assert created_at.utcoffset() == timedelta(0)

    def test_cameras_are_listed_by_name(self, repository: Repository) -> None:
        off = replace(BARE_CAMERA, enabled=False)
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
            unit.cameras.add(off)
            assert unit.cameras.list() == [off, CAMERA]
            assert unit.cameras.list(enabled=True) == [CAMERA]
            assert unit.cameras.list(enabled=False) == [off]

    def test_every_update_is_a_new_revision(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
            assert unit.cameras.update(replace(CAMERA, site="A")).revision == 2
            updated = unit.cameras.update(replace(CAMERA, site="B"))
            assert updated == replace(CAMERA, site="B", revision=3)
            assert unit.cameras.get("cam") == updated

    def test_the_version_differs_after_every_change_and_only_then(self, repository: Repository) -> None:
        younger = replace(CAMERA, id="a-new-one", created_at=CAMERA.created_at + timedelta(seconds=1))

        def version() -> str:
            with repository.begin() as unit:
                return unit.cameras.version()

        seen = [version()]
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
        seen.append(version())
        with repository.begin() as unit:
            unit.cameras.update(replace(CAMERA, enabled=False))
        seen.append(version())
        with repository.begin() as unit:
            unit.cameras.add(BARE_CAMERA)
        seen.append(version())
        with repository.begin() as unit:  # as many, with as many revisions
            unit.cameras.remove(BARE_CAMERA.id)
            unit.cameras.add(replace(younger, name=BARE_CAMERA.name))
        seen.append(version())
        assert version() == seen[-1]
        with repository.begin() as unit:
            unit.cameras.remove("cam")
        seen.append(version())
        assert len(set(seen)) == len(seen)

    def test_a_name_in_use_is_a_conflict(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
            unit.cameras.add(BARE_CAMERA)
        with pytest.raises(Conflict, match="Entrance"), repository.begin() as unit:
            unit.cameras.add(replace(CAMERA, id="other"))
        with pytest.raises(Conflict, match="Entrance"), repository.begin() as unit:
            unit.cameras.update(replace(BARE_CAMERA, name="Entrance"))

    def test_an_id_in_use_is_a_conflict_that_tells_no_password(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
        with pytest.raises(Conflict) as caught, repository.begin() as unit:
            unit.cameras.add(replace(CAMERA, name="Exit"))
        assert "s3cr" not in str(caught.value)

    def test_a_missing_camera_is_not_found(self, repository: Repository) -> None:
        with repository.begin() as unit:
            assert unit.cameras.find("Entrance") is None
            for attempt in (
                lambda: unit.cameras.get("cam"),
                lambda: unit.cameras.update(CAMERA),
                lambda: unit.cameras.remove("cam"),
            ):
                with pytest.raises(NotFound, match="cam"):
                    attempt()

    def test_a_removed_camera_leaves_its_history(self, repository: Repository) -> None:
        resolved = replace(EVENT, id="old", state=EventState.RESOLVED, resolved_at=NOON)
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
            unit.shots.record(shot())
            unit.events.save(resolved)
            unit.events.save(EVENT)
            unit.alerts.save(ALERT)
            unit.statistics.add("cam", NOON, alerts=1)
            unit.cameras.remove("cam")
        with repository.begin() as unit:
            assert unit.cameras.list() == []
            assert unit.events.list() == [resolved]
            assert unit.shots.list() == [shot()]
            assert unit.alerts.list() == [ALERT]
            assert unit.statistics.query(by=Grouping.CAMERA) == [Statistics(camera_id="cam", alerts=1)]
