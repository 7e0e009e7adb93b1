"""`maskwatch queues`: dead letters with reason and age, put back or deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from common.adapters.open import open_broker
from common.messages import JOBS
from common.ports.broker import Broker
from maskwatch.cli.app import app


@pytest.fixture
def broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """The one that the commands find."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MASKWATCH_DATA", str(tmp_path))
    opened = open_broker(f"sqlite:///{tmp_path}/queue.db")
    yield opened
    opened.close()


def call(*arguments: str) -> str:
    answer = CliRunner().invoke(app, ["queues", *arguments], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.stdout


def reject(broker: Broker, *reasons: str) -> None:
    subscription = broker.subscribe(JOBS, prefetch=1)
    for reason in reasons:
        broker.publish(JOBS, f"a job with {reason}".encode())
        delivery = subscription.receive(10)
        assert delivery is not None
        delivery.reject(reason)
    subscription.close()


def test_dead_letters_tell_reason_age_and_what_they_were(broker: Broker) -> None:
    reject(broker, "not_found: no picture", "unreadable_image: torn")
    first, second = json.loads(call("show", "--dead", "jobs", "--json"))
    assert [first["reason"], second["reason"]] == ["not_found: no picture", "unreadable_image: torn"]
    assert first["body"] == "a job with not_found: no picture"
    assert 0 <= second["age_seconds"] <= first["age_seconds"] < 300
    assert len(json.loads(call("show", "--dead", "jobs", "--limit", "1", "--json"))) == 1
    assert "not_found: no picture" in call("show", "--dead", "jobs")


def test_dead_letters_are_put_back_or_deleted(broker: Broker) -> None:
    reject(broker, "one", "two")
    assert call("replay", "jobs") == "2 replayed\n"
    jobs = next(row for row in json.loads(call("show", "--json")) if row["queue"] == "jobs")
    assert (jobs["ready"], jobs["dead"]) == (2, 0)
    assert jobs["oldest_age_seconds"] >= 0
    reject(broker, "three")
    assert call("purge", "jobs", "--yes") == "1 deleted\n"
    assert call("show", "--dead", "jobs") == "jobs: no dead letters\n"


def test_dead_letters_are_chosen_by_their_ids(broker: Broker) -> None:
    reject(broker, "one", "two", "three")
    one, two, three = (row["id"] for row in json.loads(call("show", "--dead", "jobs", "--json")))
    assert call("replay", "jobs", "--id", two) == "1 replayed\n"
    assert call("purge", "jobs", "--id", one, "--id", "none", "--yes") == "1 deleted\n"
    assert [row["id"] for row in json.loads(call("show", "--dead", "jobs", "--json"))] == [three]
