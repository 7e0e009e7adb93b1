"""What is only tried must not read as if it had happened."""

from __future__ import annotations

import pytest
import structlog

from common.runtime.logs import configure_logging, rehearsed


def test_nothing_is_logged_of_what_is_only_tried(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(form="json")
    log = structlog.get_logger("tests")
    with rehearsed():
        log.info("alerts.asked")
    log.info("alerts.told")
    shown = capsys.readouterr().err
    assert "alerts.told" in shown
    assert "alerts.asked" not in shown
