"""The model API on a real port, in a thread of the test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from common.serving.guard import GuardedProtocol
from common.settings import Settings
from model_api.app import create_app
from model_api.local import LocalDetector
from model_api.server import listen, serve_on


@contextmanager
def serving(
    detector: LocalDetector, settings: Settings, *, protocol: type[GuardedProtocol] = GuardedProtocol
) -> Iterator[str]:
    """Serve the detector on a free port; its URL."""
    bound, stop = listen("127.0.0.1", 0), threading.Event()
    port = bound.getsockname()[1]
    app, options = create_app(detector, settings), {"stop": stop, "protocol": protocol}
    thread = threading.Thread(target=serve_on, args=(app, bound), kwargs=options)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop.set()
        thread.join()
