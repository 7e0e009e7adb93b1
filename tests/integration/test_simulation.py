"""The simulated camera as a process."""

from __future__ import annotations

import signal

import av
import pytest

from common.errors import Unavailable
from maskwatch.simulation import start_camera


def test_it_ends_cleanly_while_somebody_watches():
    for _ in range(3):
        with start_camera() as camera, av.open(camera.url, options={"rtsp_transport": "tcp"}, timeout=10) as stream:
            next(stream.decode(video=0))
            camera.process.send_signal(signal.SIGTERM)
            assert camera.process.wait(10) == 0


def test_it_ends_when_its_parent_is_gone():
    with start_camera() as camera:
        assert camera.process.stdin is not None
        camera.process.stdin.close()
        assert camera.process.wait(10) == 0


def test_a_port_in_use_is_named(capfd):
    with start_camera() as first:
        port = int(first.url.rsplit(":", 1)[1].split("/")[0])
        with pytest.raises(Unavailable, match=str(port)):
            start_camera(port=port)
    assert "Traceback" not in capfd.readouterr().err
