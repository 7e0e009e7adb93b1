"""What nobody foresaw: a problem for the caller, the whole story in the log, and no local variables there."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import pytest
from model_server import serving
from scripted_models import ScriptedPipeline, crowd
from structlog.testing import capture_logs
from tiny_models import picture

from common.ports.detector import DetectOptions
from common.settings import Settings
from model_api.draw import to_jpeg
from model_api.local import Answer, LocalDetector

JPEG = to_jpeg(picture({}))


class SurprisingDetector(LocalDetector):
    """Fails in a way that no handler knows."""

    def submit(self, pictures: Sequence[bytes], *, options: DetectOptions | None = None) -> list[Answer]:
        local_secret = "hunter2".upper()
        raise RuntimeError(f"surprise of {len(local_secret)} letters")


def _provoke() -> httpx.Response:
    pipeline = ScriptedPipeline(crowd())
    pipeline.go.set()
    detector = SurprisingDetector(pipeline=pipeline)
    with serving(detector, Settings()) as url:
        response = httpx.post(f"{url}/v1/predict", content=JPEG)
    detector.close()
    return response


def test_an_unexpected_error_is_a_problem_and_its_record_has_the_error() -> None:
    with capture_logs() as records:
        response = _provoke()
    assert (response.status_code, response.json()["code"]) == (500, "error")
    assert response.json()["detail"] == "an unexpected error; the log has it"
    (record,) = [record for record in records if record["event"] == "request.failed"]
    assert record["path"] == "/v1/predict"
    assert str(record["exc_info"]) == "surprise of 7 letters"


def test_the_log_of_a_test_shows_the_error_and_no_local_variables(capsys: pytest.CaptureFixture[str]) -> None:
    _provoke()
    shown = capsys.readouterr().out
    assert "RuntimeError: surprise of 7 letters" in shown
    assert "HUNTER2" not in shown
    assert "locals" not in shown
