"""A repository of each kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from common.adapters.open import open_repository
from common.ports.repository import Repository


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.services)])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('tmp_path')}/maskwatch.db"
    postgres_url: str = request.getfixturevalue("fresh_postgres_url")
    return postgres_url


@pytest.fixture
def repository(url: str) -> Iterator[Repository]:
    opened = open_repository(url)
    opened.upgrade()
    yield opened
    opened.close()
