"""`maskwatch cameras discover` against a device on the loop-back."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from onvif_camera import OnvifCamera, serving


def discover(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MASKWATCH_")}
    return subprocess.run(
        [sys.executable, "-m", "maskwatch", "cameras", "discover", "--seconds", "1", *arguments],
        env={**clean, "MASKWATCH_ALLOW_ADDRESSES": "loopback", "MASKWATCH_DATA": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("as_json", [True, False])
def test_a_camera_and_its_streams_are_printed(tmp_path: Path, as_json: bool) -> None:
    with serving(OnvifCamera(streams={"main": "rtsp://x/1"})) as device:
        login = ["--username", device.username, "--password", device.password]
        answer = discover(tmp_path, "--host", device.netloc, *login, *(["--json", "--no-multicast"] if as_json else []))
    assert answer.returncode == 0, answer.stderr
    url = f"onvif://{device.netloc}"
    if as_json:
        (found,) = json.loads(answer.stdout)
        assert found["url"] == url
        assert (found["name"], found["is_added"]) == ("Acme Eye 2", False)
        assert [(one["url"], one["width"]) for one in found["profiles"]] == [(f"{url}/main", 1920)]
    else:
        assert f"{url} " in answer.stdout
        assert "Acme Eye 2" in answer.stdout
        assert " main " in answer.stdout
    assert device.password not in answer.stdout + answer.stderr


def test_what_is_no_host_is_one_clear_line(tmp_path: Path) -> None:
    answer = discover(tmp_path, "--host", "10.0.0.0/8")
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert "10.0.0.0/8" in answer.stderr
