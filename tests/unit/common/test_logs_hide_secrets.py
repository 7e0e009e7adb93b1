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
