"""Units of work and the schema's upgrade, on every repository."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest
from repository_values import (
    CAMERA,
)

from common.adapters.open import open_repository
from common.errors import Conflict, InvalidInput
from common.ports.repository import Repository


class TestUnit:
    def test_a_unit_that_fails_leaves_nothing(self, repository: Repository) -> None:
        def fail() -> None:
            with repository.begin() as unit:
                unit.cameras.add(CAMERA)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        with repository.begin() as unit:
            assert unit.cameras.list() == []

    def test_a_refused_row_is_not_repeated_in_the_error(self, repository: Repository) -> None:
        with pytest.raises(Conflict, match="refused") as caught, repository.begin() as unit:
            unit.cameras.add(replace(CAMERA, url=None))
        assert str(CAMERA.password) not in str(caught.value)

    def test_what_no_database_can_hold_is_wrong_input(self, repository: Repository) -> None:
        for number in (10**30, 2**63):
            with pytest.raises(InvalidInput), repository.begin() as unit:
                unit.shots.list(limit=number)
        with repository.begin() as unit, suppress(InvalidInput):  # SQLite knows no character that is none
            assert unit.cameras.find("Door\0") is None

    def test_upgrading_again_changes_nothing(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
        repository.upgrade()
        repository.check()
        with repository.begin() as unit:
            assert unit.cameras.list() == [CAMERA]

    def test_several_may_upgrade_at_once(self, url: str) -> None:
        repositories = [open_repository(url) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda repository: repository.upgrade(), repositories))
        for repository in repositories:
            repository.check()
            repository.close()

    def test_another_opening_sees_what_was_committed(self, repository: Repository, url: str) -> None:
        with repository.begin() as unit:
            unit.cameras.add(CAMERA)
        other = open_repository(url)
        with other.begin() as unit:
            assert unit.cameras.get("cam") == CAMERA
        other.close()
