"""What a person at the shell meets: exit codes, one clear line, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_models import write_repository


@pytest.fixture
def maskwatch(tmp_path):
    """Run the command in an empty folder, with no settings but these."""

    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("MASKWATCH_")}
        own = {"MASKWATCH_DATA": str(tmp_path / "data"), "MASKWATCH_ALLOW_ADDRESSES": "loopback", "COLUMNS": "200"}
        return subprocess.run(
            [sys.executable, "-m", "maskwatch", *arguments],
            cwd=tmp_path,
            env={**clean, **own, **settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def test_help_lists_every_command(maskwatch):
    answer = maskwatch("--help")
    assert answer.returncode == 0
    commands = """up grabber processor analyzer model-api console predict cameras rules alerts receivers stats queues
                  users tokens train evaluate export data db config doctor models retention reconcile"""
    for command in commands.split():
        assert command in answer.stdout


def test_an_unknown_command_is_wrong_usage(maskwatch):
    answer = maskwatch("fly")
    assert answer.returncode == 2
    assert "No such command" in answer.stderr


def test_a_wrong_setting_is_one_line_that_names_variable_value_and_what_is_allowed(maskwatch):
    answer = maskwatch("config", "show", MASKWATCH_PORT="eighty")
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert "MASKWATCH_PORT='eighty'" in answer.stderr
    assert "integer" in answer.stderr


def test_an_unknown_scheme_lists_the_known_ones(maskwatch):
    answer = maskwatch("config", "check", MASKWATCH_BROKER="carrier-pigeon://loft")
    assert answer.returncode == 2
    assert "amqp" in answer.stderr
    assert "sqlite" in answer.stderr


def test_config_check_names_a_misspelt_variable(maskwatch):
    answer = maskwatch("config", "check", MASKWATCH_MODEL_PORT="8577")
    assert (answer.returncode, answer.stdout) == (0, "ok\n")
    assert answer.stderr.startswith("MASKWATCH_MODEL_PORT is no setting")


def test_config_show_masks_secrets_and_passwords_in_addresses(maskwatch, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hunter2-from-file\n")
    answer = maskwatch(
        "config", "show", "--json",
        MASKWATCH_BROKER="amqp://guest:hunter2@host:5672/",
        MASKWATCH_SECRET_KEY_FILE=str(secret),
    )  # fmt: skip
    assert answer.returncode == 0
    assert "hunter2" not in answer.stdout
    rows = {row["variable"]: row for row in json.loads(answer.stdout)}
    assert rows["MASKWATCH_BROKER"]["value"] == "amqp://***@host:5672/"
    assert rows["MASKWATCH_BROKER"]["source"] == "environment"
    assert rows["MASKWATCH_SECRET_KEY"]["source"] == f"file {secret}"
    assert rows["MASKWATCH_PORT"]["source"] == "default"


def test_a_console_beside_a_redis_of_its_own_does_not_start_without_a_key(maskwatch, tmp_path):
    answer = maskwatch("console", MASKWATCH_COORDINATION="redis://127.0.0.1:9/0", MASKWATCH_DATA=str(tmp_path))
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith("maskwatch: MASKWATCH_SECRET_KEY is empty")
    assert answer.stderr.count("\n") == 1


def test_a_secret_file_that_is_missing_is_named(maskwatch):
    answer = maskwatch("config", "show", MASKWATCH_SECRET_KEY_FILE="/nowhere/key")
    assert answer.returncode == 2
    assert "MASKWATCH_SECRET_KEY_FILE: cannot read /nowhere/key" in answer.stderr


def test_a_data_folder_that_cannot_be_made_is_named(maskwatch, tmp_path):
    (tmp_path / "file").write_text("")
    answer = maskwatch("db", "upgrade", MASKWATCH_DATA=str(tmp_path / "file" / "data"))
    assert answer.returncode == 2
    assert "MASKWATCH_DATA" in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_a_console_without_a_schema_says_what_to_do(maskwatch):
    answer = maskwatch("console")
    assert answer.returncode == 1
    assert answer.stderr.startswith("maskwatch: the database's schema is empty")
    assert "run `maskwatch db upgrade`" in answer.stderr


def test_a_camera_is_added_listed_changed_and_removed(maskwatch):
    added = maskwatch("cameras", "add", "rtsp://user:geheim@127.0.0.1:9/door", "--name", "Door", "--interval", "2",
                      "--tag", "shop", "--no-test")  # fmt: skip
    assert added.returncode == 0, added.stderr
    listed = maskwatch("cameras", "list", "--json")
    assert "geheim" not in listed.stdout
    [camera] = json.loads(listed.stdout)
    assert (camera["name"], camera["interval_seconds"], camera["tags"]) == ("Door", 2.0, ["shop"])
    assert camera["url"] == "rtsp://127.0.0.1:9/door"
    assert maskwatch("cameras", "edit", "Door", "--interval", "7").returncode == 0
    assert maskwatch("cameras", "disable", "Door").returncode == 0
    [camera] = json.loads(maskwatch("cameras", "list", "--json").stdout)
    assert (camera["interval_seconds"], camera["enabled"]) == (7.0, False)
    assert maskwatch("cameras", "remove", "Door", "--yes").returncode == 0
    assert json.loads(maskwatch("cameras", "list", "--json").stdout) == []


def test_a_camera_that_does_not_answer_is_not_added_unless_one_insists(maskwatch):
    answer = maskwatch("cameras", "add", "rtsp://127.0.0.1:9/door", "--name", "Door")
    assert answer.returncode == 1
    assert "unreachable" in answer.stderr
    assert json.loads(maskwatch("cameras", "list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("cameras", "add", "gopher://host/1", "--name", "A"), "rtsp"),
        (("cameras", "add", "rtsp://host/1", "--name", "A", "--interval", "0", "--no-test"), "0.5"),
        (("cameras", "show", "nobody"), "nobody"),
        (("rules", "add", "--name", "R", "--label", "no_mask", "--count", "0"), "1"),
        (("alerts", "show", "nothing"), "nothing"),
        (("alerts", "silence", "--for", "soon"), "write 90s, 30m, 2h or 7d"),
        (("alerts", "silence", "--for", "2h", "--rule", "nothing"), "there is no rule 'nothing'"),
        (("alerts", "unsilence", "nothing"), "nothing"),
        (("receivers", "add", "gopher://h/x", "--name", "A"), "Apprise does not understand"),
        (("receivers", "add", "mqtt://h", "--name", "A", "--kind", "webhook"), "needs http or https"),
        (("receivers", "test", "nobody"), "there is no receiver 'nobody'"),
        (("queues", "replay", "sorrows"), "jobs, predictions, shots"),
        (("stats", "--from", "yesterday"), "yesterday"),
        (("stats", "--tz", "Mars/Olympus"), "Mars/Olympus"),
        (("up", "--source", "no-such-file.mp4"), "no-such-file.mp4"),
    ],
)
def test_wrong_input_is_one_clear_line(maskwatch, arguments, part):
    answer = maskwatch(*arguments)
    assert answer.returncode in (1, 2)
    assert part in answer.stderr
    assert "Traceback" not in answer.stderr


def test_silences_are_made_listed_and_ended(maskwatch):
    made = maskwatch("alerts", "silence", "--for", "2h", "--site", "Shop 1", "--comment", "cleaning")
    assert "silenced until" in made.stdout
    [silence] = json.loads(maskwatch("alerts", "silences", "--json").stdout)
    assert (silence["sites"], silence["comment"], silence["is_active"]) == (["Shop 1"], "cleaning", True)
    assert maskwatch("alerts", "unsilence", silence["id"]).returncode == 0
    assert "nothing is silenced" in maskwatch("alerts", "silences").stdout


def test_receivers_are_added_changed_tried_and_removed(maskwatch):
    assert maskwatch("receivers", "add", "http://127.0.0.1:9/T0KEN", "--name", "Hook").returncode == 0
    assert maskwatch("receivers", "edit", "Hook", "--name", "Desk", "--per-minute", "3").returncode == 0
    listed = maskwatch("receivers", "list", "--json")
    [receiver] = json.loads(listed.stdout)
    assert (receiver["name"], receiver["kind"], receiver["per_minute"]) == ("Desk", "webhook", 3)
    assert "T0KEN" not in listed.stdout
    tried = maskwatch("receivers", "test", "Desk")
    assert tried.returncode == 1
    assert "127.0.0.1 cannot be reached" in tried.stderr
    assert maskwatch("receivers", "history").stdout.strip() == "no messages"
    assert maskwatch("receivers", "remove", "Desk", "--yes").returncode == 0
    assert "nobody is told yet" in maskwatch("receivers", "list").stdout


def test_statistics_are_shown_and_rebuilt(maskwatch):
    assert "nothing counted yet" in maskwatch("stats", "--by", "day", "--tz", "Asia/Shanghai").stdout
    rebuilt = json.loads(maskwatch("stats", "rebuild", "--from", "2026-11-01", "--dry-run", "--json").stdout)
    assert rebuilt == {"dry_run": True, "hours": 0, "left": 0, "sums": 0, "changes": []}


def test_a_name_in_use_is_refused(maskwatch):
    add = ("cameras", "add", "rtsp://127.0.0.1:9/door", "--name", "Door", "--no-test")
    assert maskwatch(*add).returncode == 0
    again = maskwatch(*add)
    assert again.returncode == 1
    assert "Door" in again.stderr


def test_a_data_folder_in_use_is_refused(maskwatch, tmp_path):
    from maskwatch.folder_lock import lock_folder

    (tmp_path / "data").mkdir()
    with lock_folder(Path(tmp_path / "data")):
        answer = maskwatch("up", "--for", "1")
    assert answer.returncode == 1
    assert f"process {os.getpid()}" in answer.stderr


def test_doctor_says_which_part_is_away(maskwatch):
    answer = maskwatch("doctor", "--json", MASKWATCH_DETECTOR="http://127.0.0.1:9")
    assert answer.returncode == 1
    rows = {row["part"]: row["state"] for row in json.loads(answer.stdout)}
    assert rows["store"] == "ok"
    assert rows["models"] != "ok"


def test_doctor_tells_what_runs_the_models(maskwatch, tmp_path):
    tiny = write_repository(tmp_path / "models")
    answer = maskwatch("doctor", "--json", MASKWATCH_ENGINE="torch", MASKWATCH_DEVICE="cpu", MASKWATCH_MODELS=str(tiny))
    models = next(row for row in json.loads(answer.stdout) if row["part"] == "models")
    assert (models["state"], models["about"]) == ("ok", "torch on cpu")


def test_doctor_says_how_many_cameras_can_be_added(maskwatch):
    assert maskwatch("db", "upgrade").returncode == 0
    answer = maskwatch("doctor", "--json")
    room = next(row for row in json.loads(answer.stdout) if row["part"] == "room")
    assert room["is_tried"]  # nobody has looked at a picture yet
    assert room["limit"] == "models"
    assert room["cameras"] == pytest.approx(5 * 0.85 * room["capacities"]["models"], abs=1)  # floored
    away = maskwatch("doctor", "--json", MASKWATCH_DETECTOR="http://127.0.0.1:9")
    assert next(row for row in json.loads(away.stdout) if row["part"] == "room")["state"] == "unknown"


def test_users_are_added_and_their_password_never_shown(maskwatch):
    added = maskwatch("users", "add", "lena", "--role", "operator")
    assert added.returncode == 0, added.stderr
    listed = maskwatch("users", "list", "--json")
    [user] = json.loads(listed.stdout)
    assert (user["name"], user["role"]) == ("lena", "operator")
    assert added.stdout.split()[-1] not in listed.stdout


def test_exports_of_cameras_can_be_imported_again(maskwatch, tmp_path):
    maskwatch("cameras", "add", "rtsp://127.0.0.1:9/a", "--name", "A", "--tag", "x", "--no-test")
    exported = maskwatch("cameras", "export")
    assert exported.returncode == 0
    (tmp_path / "cameras.json").write_text(exported.stdout)
    maskwatch("cameras", "remove", "A", "--yes")
    assert maskwatch("cameras", "import", "cameras.json").returncode == 0
    [camera] = json.loads(maskwatch("cameras", "list", "--json").stdout)
    assert (camera["name"], camera["tags"]) == ("A", ["x"])


def test_the_command_itself_needs_none_of_the_services_libraries():
    """An image holds only what its service needs: the CLI must start without the others'."""
    heavy = (
        "cv2",
        "av",
        "fastapi",
        "onnxruntime",
        "simplejpeg",
        "pika",
        "boto3",
        "redis",
        "skimage",
        "torch",
    )
    program = f"import sys, maskwatch.cli.app; print([name for name in {heavy!r} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
