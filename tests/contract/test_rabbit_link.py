"""The link to a server that takes connections and never says a word."""

from __future__ import annotations

import socket
import threading

import pytest

from common.adapters.brokers import rabbit_link
from common.adapters.open import open_broker
from common.errors import Unavailable

PATIENCE_SECONDS = 20.0


def test_closing_does_not_wait_for_a_server_as_its_callers_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rabbit_link, "ANSWER_SECONDS", 3600.0)
    monkeypatch.setattr(rabbit_link, "CLOSE_SECONDS", 0.01)
    refused: list[Exception] = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        broker = open_broker(f"amqp://user:sesame@127.0.0.1:{port}/%2F?socket_timeout=3600&stack_timeout=3600")

        def ask() -> None:
            try:
                broker.check()
            except Unavailable as exc:
                refused.append(exc)

        asking = threading.Thread(target=ask)
        asking.start()
        connection, _address = silent.accept()
        closing = threading.Thread(target=broker.close, daemon=True)
        closing.start()
        closing.join(PATIENCE_SECONDS)
        assert not closing.is_alive()
        connection.close()
    asking.join(PATIENCE_SECONDS)
    assert len(refused) == 1
