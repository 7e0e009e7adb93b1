"""`maskwatch privacy`, `config key` and `db rotate-secrets` as a person at a shell meets them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from common.adapters.open import open_repository, open_store
from common.domain.camera import Camera
from common.domain.shot import Outcome, Shot, image_key, shot_id
from common.errors import InvalidInput, MaskwatchError, PermanentError, Unavailable
from common.ports.repository import Repository
from maskwatch.cli.app import app
from maskwatch.keys import kept_key

Run = Callable[..., Result]
AT = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
CAMERA = Camera(id="door", name="Front door", url="rtsp://10.0.0.5/live", password="hunter2-at-rest", created_at=AT)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """One command on an installation of its own; what `python -m maskwatch` makes a line and an exit code is raised."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MASKWATCH_DATA", str(tmp_path / "data"))

    def command(*arguments: str, key: str = "") -> Result:
        return CliRunner().invoke(app, arguments, env={"MASKWATCH_ENCRYPTION_KEY": key}, catch_exceptions=False)

    return command


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    """Its database, with a camera and a picture of the day before yesterday."""
    data = tmp_path / "data"
    data.mkdir()
    opened = open_repository(f"sqlite:///{data}/maskwatch.db", keys=[kept_key(data / "encryption.key")])
    opened.upgrade()
    shot = Shot(
        id=shot_id("door", AT), camera_id="door", scheduled_at=AT, outcome=Outcome.EXPIRED,
        image_key=image_key("door", AT),
    )  # fmt: skip
    with opened.begin() as unit:
        unit.cameras.add(CAMERA)
        unit.shots.record(shot)
    store = open_store(f"file://{data}/pictures")
    store.put(shot.image_key or "", b"jpeg")
    store.close()
    yield opened
    opened.close()


def test_a_camera_s_pictures_are_counted_then_erased_and_the_ledger_says_so(
    run: Run, repository: Repository, tmp_path: Path
) -> None:
    counted = run("privacy", "erase", "--camera", "Front door", "--dry-run", "--json")
    assert json.loads(counted.stdout) == {
        "dry_run": True, "snapshots": 1, "pictures": 1, "crops": 0, "sightings": 0, "alerts": 0,
    }  # fmt: skip
    since = (AT - timedelta(hours=1)).isoformat()
    asked = run("privacy", "erase", "--camera", "door", "--from", since, "--reason", "asked for", "--yes", "--json")
    assert json.loads(asked.stdout)["state"] == "requested"
    assert run("privacy", "run").exit_code == 0
    [entry] = json.loads(run("privacy", "ledger", "--json").stdout)
    assert (entry["by"], entry["reason"], entry["camera"]) == ("command line", "asked for", "Front door")
    assert (entry["gone"]["snapshots"], entry["gone"]["pictures"]) == (1, 1)
    assert not list((tmp_path / "data" / "pictures").rglob("*.jpg"))


def test_everything_is_not_erased_by_forgetting_an_option(run: Run, repository: Repository) -> None:
    answer = run("privacy", "erase", "--yes")
    assert answer.exit_code == 2
    assert "--all-cameras" in answer.output
    with pytest.raises(InvalidInput, match="nothing is kept of such a camera"):
        run("privacy", "erase", "--camera", "nowhere", "--yes")
    with repository.begin() as unit:
        assert unit.erasures.list() == []


def test_secrets_are_sealed_anew_with_the_newest_key(run: Run, repository: Repository, tmp_path: Path) -> None:
    new, old = run("config", "key").stdout.strip(), kept_key(tmp_path / "data" / "encryption.key")
    planned = run("db", "rotate-secrets", "--dry-run", "--json", key=f"{new},{old}")
    assert json.loads(planned.stdout) == {"dry_run": True, "secrets": 2, "resealed": 2, "unreadable": 0}
    assert run("db", "rotate-secrets", key=f"{new},{old}").exit_code == 0
    with pytest.raises(PermanentError, match="MASKWATCH_ENCRYPTION_KEY holds no key that opens them"):
        run("db", "rotate-secrets")
    with_new = open_repository(f"sqlite:///{tmp_path}/data/maskwatch.db", keys=[new])
    with with_new.begin() as unit:
        assert unit.cameras.get("door") == replace(CAMERA, revision=1)
    with_new.close()


def test_what_was_stored_in_plain_is_left_nowhere_in_the_file(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    before = open_repository(f"sqlite:///{data}/maskwatch.db")
    before.upgrade()
    with before.begin() as unit:
        for number in range(40):
            unit.cameras.add(replace(CAMERA, id=f"{number}", name=f"{number}"))
    before.close()
    assert b"hunter2-at-rest" in (data / "maskwatch.db").read_bytes()
    assert run("db", "rotate-secrets").exit_code == 0
    for path in data.glob("maskwatch.db*"):
        assert b"hunter2-at-rest" not in path.read_bytes()
        assert b"10.0.0.5" not in path.read_bytes()


def test_a_lost_key_is_said_in_one_sentence_and_cameras_are_still_listed(run: Run, repository: Repository) -> None:
    key = run("config", "key").stdout.strip()
    listed = run("cameras", "list", "--json", key=key)
    assert [camera["name"] for camera in json.loads(listed.stdout)] == ["Front door"]
    refusals: list[tuple[type[MaskwatchError], tuple[str, ...]]] = [
        (Unavailable, ("db", "check")),
        (InvalidInput, ("cameras", "edit", "door", "--interval", "9")),
    ]
    for kind, arguments in refusals:
        with pytest.raises(kind, match="MASKWATCH_ENCRYPTION_KEY does not hold the key"):
            run(*arguments, key=key)
