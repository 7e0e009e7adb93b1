"""A real database in a file of its own."""

from __future__ import annotations

import pytest

from common.adapters.open import open_repository


@pytest.fixture
def repository(tmp_path):
    repository = open_repository(f"sqlite:///{tmp_path}/maskwatch.db")
    repository.upgrade()
    yield repository
    repository.close()
