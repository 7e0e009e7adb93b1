"""A traceback in the log shows where it happened, never what the variables held."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import structlog
from common.runtime.logs import configure_logging
configure_logging(form={form!r}, service="probe")
def connect(password):
    raise MemoryError("no room")
try:
    connect("".join(["hun", "ter2"]))
except MemoryError:
    structlog.get_logger("x").exception("camera.failed")
"""


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_logged_traceback_has_no_local_variables(form: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(form=form)], capture_output=True, text=True, check=True
    )
    assert "camera.failed" in answer.stderr
    assert "no room" in answer.stderr
    assert "probe" in answer.stderr
    assert "hunter2" not in answer.stderr


SAYING = """
import logging, structlog
from common.runtime.logs import configure_logging
configure_logging(form={form!r})
structlog.get_logger("x").warning("camera.down", error="rtsp://op:hun%20ter2@10.0.0.5/live?pwd=hunter2: no answer")
logging.getLogger("library").warning("cannot reach %s", "https://op:hunter2@host/path?token=hunter2&a=1")
try:
    raise OSError("rtsp://op:hunter2@10.0.0.5/live")
except OSError:
    structlog.get_logger("x").exception("camera.failed")
logging.getLogger("apprise").info("POST to https://host/hunter2")
"""


@pytest.mark.parametrize("form", ["text", "json"])
def test_whoever_logs_an_address_its_secrets_are_left_out(form: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", SAYING.format(form=form)], capture_output=True, text=True, check=True
    )
    assert "rtsp://***@10.0.0.5/live?pwd=***" in answer.stderr
    assert "https://***@host/path?token=***&a=1" in answer.stderr
    assert "OSError: rtsp://***@10.0.0.5/live" in answer.stderr
    assert "hunter2" not in answer.stderr
    assert "ter2" not in answer.stderr
