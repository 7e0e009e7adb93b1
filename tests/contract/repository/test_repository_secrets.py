"""What is secret is sealed in the database, read back with the right keys, and sealed anew; on every repository."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

import pytest
from repository_values import BARE_CAMERA, CAMERA, NOON
from sqlalchemy import create_engine, select

from common.adapters.database.tables import cameras, receivers
from common.adapters.open import open_repository
from common.domain.receiver import Receiver, ReceiverKind
from common.domain.sealed import UNREADABLE, Resealed
from common.errors import InvalidInput, Unavailable
from common.ports.repository import Repository

OLD, NEW, OTHER = "the old key, of 32 characters or more", "the new key, of 32 characters or more", "x" * 32
RECEIVER = Receiver(
    id="r", name="Guard", kind=ReceiverKind.WEBHOOK, url="https://h/T0K3N", secret="s1gning", created_at=NOON
)
SECRETS = (CAMERA.password or "", CAMERA.url, BARE_CAMERA.url, RECEIVER.url, RECEIVER.secret)

Open = Callable[[Sequence[str]], Repository]


@pytest.fixture
def opened(url: str) -> Iterator[Open]:
    with ExitStack() as stack:

        def open_with(keys: Sequence[str]) -> Repository:
            repository = open_repository(url, keys=keys)
            stack.callback(repository.close)
            repository.upgrade()
            return repository

        yield open_with


def furnish(repository: Repository) -> None:
    with repository.begin() as unit:
        unit.cameras.add(CAMERA)
        unit.cameras.add(BARE_CAMERA)
        unit.receivers.add(RECEIVER)


def stored(url: str) -> str:
    """All that the rows hold."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [connection.execute(select(table)).all() for table in (cameras, receivers)]
    engine.dispose()
    return repr(found)


def test_secrets_come_back_and_lie_sealed(opened: Open, url: str) -> None:
    repository = opened([NEW])
    furnish(repository)
    with repository.begin() as unit:
        assert unit.cameras.list() == [BARE_CAMERA, CAMERA]
        assert unit.cameras.get_many(["cam"]) == {"cam": CAMERA}
        assert unit.cameras.find("Entrance") == unit.cameras.get("cam") == CAMERA
        assert unit.receivers.list() == [unit.receivers.get("r")] == [unit.receivers.find("Guard")] == [RECEIVER]
        changed = unit.cameras.update(replace(CAMERA, password="an0ther"))
        unit.receivers.update(replace(RECEIVER, secret="an0ther"))
        assert unit.cameras.get("cam") == changed
    rows = stored(url)
    assert not [secret for secret in (*SECRETS, "an0ther") if secret in rows]
    assert "Entrance" in rows
    repository.check()


def test_what_was_plain_is_read_and_sealed_at_the_next_write_or_all_at_once(opened: Open, url: str) -> None:
    furnish(opened([]))
    assert [secret for secret in SECRETS if secret in stored(url)] == list(SECRETS)
    repository = opened([NEW])
    with repository.begin() as unit:
        assert unit.cameras.get("cam") == CAMERA
        unit.cameras.update(CAMERA)
    assert [secret for secret in SECRETS if secret in stored(url)] == list(SECRETS[2:])
    assert repository.reseal(is_dry_run=True) == Resealed(secrets=5, resealed=3)
    assert [secret for secret in SECRETS if secret in stored(url)] == list(SECRETS[2:])
    assert repository.reseal() == Resealed(secrets=5, resealed=3)
    assert not [secret for secret in SECRETS if secret in stored(url)]
    assert repository.reseal() == Resealed(secrets=5)


def test_after_a_rotation_the_old_key_is_needed_no_more(opened: Open) -> None:
    furnish(opened([OLD]))
    both = opened([NEW, OLD])
    with both.begin() as unit:
        revision = unit.cameras.get("cam").revision
    assert both.reseal() == Resealed(secrets=5, resealed=5)
    new = opened([NEW])
    with new.begin() as unit:
        assert unit.cameras.get("cam") == replace(CAMERA, revision=revision)  # no supervisor need restart
        assert unit.receivers.get("r") == RECEIVER
    new.check()


def test_with_a_wrong_key_all_else_is_there_and_nothing_is_lost(opened: Open) -> None:
    furnish(opened([OLD]))
    wrong = opened([OTHER])
    with wrong.begin() as unit:
        seen = unit.cameras.get("cam")
        assert seen == replace(CAMERA, url=UNREADABLE, password="")
        assert unit.receivers.get("r").url == UNREADABLE
    with pytest.raises(Unavailable, match="MASKWATCH_ENCRYPTION_KEY"):
        wrong.check()
    with pytest.raises(InvalidInput, match="MASKWATCH_ENCRYPTION_KEY"), wrong.begin() as unit:
        unit.cameras.update(replace(seen, interval_seconds=9))
    assert wrong.reseal() == Resealed(secrets=5, unreadable=5)
    with opened([OLD]).begin() as unit:
        assert unit.cameras.get("cam") == CAMERA


def test_who_types_it_again_can_go_on_with_the_new_key(opened: Open) -> None:
    furnish(opened([OLD]))
    wrong = opened([OTHER])
    with wrong.begin() as unit:
        again = unit.cameras.update(replace(CAMERA, password="typed again"))
        assert unit.cameras.get("cam") == again


def test_a_key_that_is_none_is_refused_by_name(url: str) -> None:
    with pytest.raises(InvalidInput, match="MASKWATCH_ENCRYPTION_KEY") as caught:
        open_repository(url, keys=["too short"])
    assert "too short" not in str(caught.value)
