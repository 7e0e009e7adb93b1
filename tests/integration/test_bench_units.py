"""`maskwatch bench units`, small, on the real servers: the counts are the code's own."""

from __future__ import annotations

import pytest
from bench.units import bench
from bench.units.coordination import measure_coordination
from bench.units.database import measure_database
from bench.units.processor import measure_processor
from bench.units.samples import prediction, shot

from common.settings import Settings
from maskwatch.benchmarks.options import BenchOptions


def test_samples_belong_together_and_are_told_apart() -> None:
    assert len({shot(number).id for number in range(100)}) == 100
    assert prediction(7, faces=3).snapshot_id == shot(7).id
    assert len(prediction(7, faces=3).faces) == 3


def test_the_sizes_of_messages_need_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.units.CHECKOUT", Settings().data / "no-such-folder")
    values = {figure.name: figure.value for figure in bench(BenchOptions(settings=Settings(), is_quick=True)).figures}
    assert values["servers"] is None
    one, other = values["message.prediction_0"], values["message.prediction_2"]
    assert one is not None
    assert other is not None
    assert 100 < one < other < 10_000


@pytest.mark.services
def test_the_database_is_asked_the_same_for_every_shot(server_status: dict[str, str]) -> None:
    values = {figure.name: figure.value for figure in measure_database(server_status, shots=10)}
    assert values["database.statements"] == 1.7
    assert values["database.wal"] is not None
    assert values["database.wal"] > 0


@pytest.mark.services
def test_redis_tells_its_own_time_for_each_kind_of_request(server_status: dict[str, str]) -> None:
    values = {figure.name: figure.value for figure in measure_coordination(server_status, calls=10)}
    assert values.keys() == {"redis.acquire", "redis.announce", "redis.members", "redis.put", "redis.get"}
    assert all(values.values())
    assert (values["redis.members"] or 0) > (values["redis.get"] or 0)


@pytest.mark.services
def test_the_processor_takes_every_job_that_waits(server_status: dict[str, str]) -> None:
    values = {figure.name: figure.value for figure in measure_processor(server_status, shots=10)}
    assert values.keys() == {"processor.cpu", "processor.pace"}
    assert all((value or 0) > 0 for value in values.values())
