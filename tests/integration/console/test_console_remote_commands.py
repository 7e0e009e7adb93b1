"""The command line on a console elsewhere: the same commands, by its API and with a token's rights."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner
from world import World

from common.domain.user import Role
from common.errors import InvalidInput, MaskwatchError
from console.api.build import create_api
from console.server import serve
from maskwatch.cli.app import app

Run = Callable[..., str]


@pytest.fixture
def address(world: World) -> Iterator[str]:
    stop = threading.Event()
    port, thread = serve(create_api(world.console), host="127.0.0.1", port=0, stop=stop)
    yield f"http://127.0.0.1:{port}"
    stop.set()
    thread.join()


@pytest.fixture
def run(world: World, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command as an administrator of that console; its own machine has no installation, and gets none."""
    # The console runs in this process, too: what it logs must not stand among what commands print.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("MASKWATCH_SERVER", address)
    monkeypatch.setenv("MASKWATCH_TOKEN", world.token("admin"))

    def run_one(*words: str) -> str:
        done = CliRunner().invoke(app, words, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        assert list(elsewhere.iterdir()) == []
        return done.stdout

    return run_one


def test_cameras_are_added_changed_exported_and_removed(run: Run, world: World) -> None:
    run("cameras", "add", "rtsp://op:hunter2@10.0.0.9/live", "--site", "South", "--tag", "till")
    (camera,) = json.loads(run("cameras", "list", "--json"))
    assert (camera["name"], camera["site"], camera["has_password"]) == ("10.0.0.9 live", "South", True)
    assert len(world.probing.asked) == 1
    run("cameras", "edit", camera["name"], "--name", "Till 1", "--interval", "2")
    assert run("cameras", "disable", "Till 1") == "Till 1 disabled\n"
    sheet = run("cameras", "export", "--format", "csv")
    assert "Till 1" in sheet
    assert "hunter2" not in sheet
    assert run("cameras", "remove", "Till 1", "--yes") == "Till 1 removed\n"


def test_rules_are_tried_on_the_past_of_that_console(run: Run, world: World) -> None:
    camera = world.camera()
    for age in (30, 25, 20, 15):
        world.snapshot(camera, age=age)
    run("rules", "add", "--name", "Door", "--camera", "Door", "--for", "5")
    told = json.loads(
        run("rules", "test", "Door", "--from", "2026-03-02T11:00:00Z", "--to", "2026-03-02T12:00:00Z", "--json")
    )
    assert (told["fired"], told["pictures"]) == (1, 4)
    assert "Door" in run("rules", "list")


def test_alerts_are_acknowledged_by_whose_token_it_is(run: Run, world: World) -> None:
    alert = world.alert(world.camera(), world.rule())
    assert alert.id in run("alerts", "list")
    assert run("alerts", "ack", alert.id, "--note", "on my way") == f"{alert.id} acknowledged by admin\n"
    assert "silenced until" in run("alerts", "silence", "--for", "2h", "--camera", "Door")
    with pytest.raises(InvalidInput, match="--by says who works here"):
        run("alerts", "ack", alert.id, "--by", "somebody")


def test_people_statistics_queues_and_receivers_are_those_of_that_console(run: Run, world: World) -> None:
    world.snapshot(world.camera())
    (row,) = json.loads(run("stats", "--by", "camera", "--json"))
    assert (row["camera"], row["no_mask"]) == ("Door", 1)
    assert "password" in run("users", "add", "lena", "--site", "North")
    token_id, secret = run("tokens", "create", "lena", "--scope", "alerts:read").split()
    assert secret not in run("tokens", "list", "--json")
    run("tokens", "revoke", token_id)
    assert [user["name"] for user in json.loads(run("users", "list", "--json"))] == [
        "admin",
        "lena",
        *list(Role)[1::-1],
    ]
    run("receivers", "add", "json://10.0.0.3", "--name", "Ben")
    assert run("receivers", "test", "Ben") == "Ben took it\n"
    assert {row["queue"] for row in json.loads(run("queues", "show", "--json"))} >= {"jobs", "predictions"}
    assert run("queues", "purge", "jobs", "--yes") == "0 deleted\n"


def test_a_token_may_no_more_than_its_user(run: Run, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MASKWATCH_TOKEN", world.token("viewer"))
    with pytest.raises(MaskwatchError, match="needs the role admin"):
        run("cameras", "add", "rtsp://10.0.0.9/live", "--no-test")


def test_what_works_on_its_own_machine_only_says_so(run: Run, address: str) -> None:
    for words in (("db", "check"), ("retention", "run"), ("data", "feedback", "list")):
        with pytest.raises(InvalidInput, match=f"its own machine only, not on {address}"):
            run(*words)


def test_an_option_names_another_console(run: Run, world: World, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world.camera()
    monkeypatch.setenv("MASKWATCH_SERVER", "http://127.0.0.1:1")
    assert "Door" in run("--server", address, "cameras", "list")
