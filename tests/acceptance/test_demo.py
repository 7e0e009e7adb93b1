"""`make demo` as a new user meets it: one process, a simulated camera, alerts, a summary, an exit code."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.acceptance.installation import free_port


def run_up(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MASKWATCH_")}
    command = [sys.executable, "-m", "maskwatch", "up", "--data", str(folder / "data"), "--port", str(free_port())]
    return subprocess.run(
        [*command, *arguments],
        cwd=folder, env=clean, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip


def test_the_demo_alerts_resolves_and_loses_nothing(tmp_path):
    answer = run_up(tmp_path, "--demo", "--for", "45")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert re.search(r"^page +http://127\.0\.0\.1:\d+$", answer.stdout, re.MULTILINE)
    assert re.search(r"^login +admin / \S+$", answer.stdout, re.MULTILINE)
    assert re.search(r"  ALERT +.*without a mask", answer.stdout)
    assert re.search(r"  RESOLVED ", answer.stdout)
    assert re.search(r"snapshots +\d+ taken, \d+ processed, 0 lost", answer.stdout)
    assert re.search(r"p95 age +\d+\.\d+ s", answer.stdout)


def test_each_start_of_the_demo_has_a_login_of_its_own(tmp_path):
    logins = {re.findall(r"^login +admin / (\S+)$", run_up(tmp_path, "--demo", "--for", "2").stdout, re.MULTILINE)[0]
              for _ in range(2)}  # fmt: skip
    assert len(logins) == 2


def test_a_run_without_a_camera_fails_and_says_so(tmp_path):
    answer = run_up(tmp_path, "--for", "2")
    assert answer.returncode == 1
    assert "none yet: add one on the page" in answer.stdout
    assert "the main job did not run" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_ctrl_c_ends_it_cleanly_with_the_summary(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "maskwatch", "up", "--data", str(tmp_path / "data"), "--port", str(free_port())],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline().startswith("page")
    time.sleep(1)
    process.send_signal(2)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "0 lost" in output


def test_a_port_in_use_is_one_clear_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = run_up(tmp_path, "--for", "2", "--port", str(port))
    assert answer.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in answer.stderr
    assert "Traceback" not in answer.stderr
