"""The database below the repository: its schema, its outages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from real_servers import Services
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from tcp_proxy import TcpProxy

from common.adapters.database.engines import sqlite_engine
from common.adapters.database.tables import metadata
from common.adapters.open import open_repository
from common.domain.statistics import Grouping
from common.errors import InvalidInput, Unavailable

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def differences(url: str) -> list[object]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found: list[object] = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    return found


def test_the_migrations_make_the_tables_on_sqlite(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/maskwatch.db"
    repository = open_repository(url)
    repository.upgrade()
    repository.close()
    assert differences(url) == []


@pytest.mark.services
def test_the_migrations_make_the_tables_on_postgresql(fresh_postgres_url: str) -> None:
    repository = open_repository(fresh_postgres_url)
    repository.upgrade()
    repository.close()
    assert differences(fresh_postgres_url) == []


def test_an_empty_database_asks_for_its_upgrade(tmp_path: Path) -> None:
    repository = open_repository(f"sqlite:///{tmp_path}/maskwatch.db")
    with pytest.raises(Unavailable, match="maskwatch db upgrade"):
        repository.check()
    repository.upgrade()
    repository.check()
    repository.close()


@pytest.mark.services
def test_an_empty_server_is_unavailable_until_upgraded(fresh_postgres_url: str) -> None:
    repository = open_repository(fresh_postgres_url)
    with pytest.raises(Unavailable), repository.begin() as unit:
        unit.cameras.list()
    repository.upgrade()
    with repository.begin() as unit:
        assert unit.cameras.list() == []
    repository.close()


@pytest.mark.services
def test_the_server_is_unavailable_in_an_outage_and_back_after_it(fresh_services: Services) -> None:
    parts = urlsplit(fresh_services.postgres_url)
    with TcpProxy(host=str(parts.hostname), port=int(parts.port or 0)) as proxy:
        url = fresh_services.postgres_url.replace(f":{parts.port}/", f":{proxy.port}/")
        repository = open_repository(url)
        repository.upgrade()
        proxy.cut()
        with pytest.raises(Unavailable) as caught, repository.begin() as unit:
            unit.cameras.list()
        assert str(parts.password) not in str(caught.value)
        with pytest.raises(Unavailable):
            repository.check()
        proxy.restore()
        repository.check()
        with repository.begin() as unit:
            assert unit.cameras.list() == []
        repository.close()


@pytest.mark.services
def test_an_outage_inside_a_unit_is_unavailable_and_leaves_nothing(fresh_services: Services) -> None:
    parts = urlsplit(fresh_services.postgres_url)
    with TcpProxy(host=str(parts.hostname), port=int(parts.port or 0)) as proxy:
        repository = open_repository(fresh_services.postgres_url.replace(f":{parts.port}/", f":{proxy.port}/"))
        repository.upgrade()

        def write_and_lose() -> None:
            with repository.begin() as unit:
                unit.statistics.add("cam", NOON, alerts=1)
                proxy.cut()

        with pytest.raises(Unavailable):
            write_and_lose()
        proxy.restore()
        with repository.begin() as unit:
            assert unit.statistics.query(by=Grouping.CAMERA) == []
        repository.close()


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "maskwatch.db").write_bytes(b"not a database, but long enough to be taken for one" * 100)
    repository = open_repository(f"sqlite:///{tmp_path}/maskwatch.db")
    with pytest.raises(Unavailable):
        repository.upgrade()
    repository.close()


def test_passwords_in_the_file_are_its_owners_alone(tmp_path: Path) -> None:
    repository = open_repository(f"sqlite:///{tmp_path}/maskwatch.db")
    repository.upgrade()
    assert (tmp_path / "maskwatch.db").stat().st_mode & 0o077 == 0
    repository.close()


def test_a_url_of_another_form_is_refused_without_its_password() -> None:
    with pytest.raises(InvalidInput, match="postgresql") as caught:
        open_repository("postgresql+psycopg2://user:sesame@host:port/name")
    assert "sesame" not in str(caught.value)


def test_an_error_of_the_file_tells_no_values(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "maskwatch.db")
    with pytest.raises(SQLAlchemyError) as caught, engine.begin() as connection:
        connection.execute(text("SELECT :password FROM nowhere"), {"password": "sesame"})
    assert "sesame" not in str(caught.value)
    engine.dispose()
