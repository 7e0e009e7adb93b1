"""Cameras over TLS: whose certificate is believed."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
import simplejpeg
from certificates import Certificate, own_certificate

from common.domain.camera import Camera
from common.errors import InvalidInput
from common.outbound.check import AddressCheck
from common.outbound.policy import AddressPolicy
from grabber.errors import TlsFailed
from grabber.probe import probe
from maskwatch.simulation import start_camera

STILL = simplejpeg.encode_jpeg(np.full((60, 80, 3), 90, np.uint8))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return own_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def https(certificate: Certificate) -> Iterator[str]:
    """A web camera with a certificate of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.send_header("Content-Length", str(len(STILL)))
            self.end_headers()
            self.wfile.write(STILL)

        def log_message(self, format: str, *args: object) -> None: ...

    server = _Quiet(("127.0.0.1", 0), Handler)
    server.socket = certificate.server_context().wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}/still.jpg"
    server.shutdown()
    server.server_close()
    thread.join()


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that does not believe the certificate hangs up."""


@pytest.fixture(scope="module")
def rtsps(certificate: Certificate) -> Iterator[str]:
    """The simulated camera behind a TLS end of its own."""
    with start_camera() as running:
        plain = running.url.removeprefix("rtsp://").partition("/")
        host, _, port = plain[0].partition(":")
        listening = certificate.server_context().wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
        thread = threading.Thread(target=_pass_on, args=(listening, (host, int(port))), daemon=True)
        thread.start()
        yield f"rtsps://127.0.0.1:{listening.getsockname()[1]}/{plain[2]}"
        socket.create_connection(listening.getsockname()).close()  # wakes the thread, whose handshake then fails
        listening.close()


def _pass_on(listening: socket.socket, target: tuple[str, int]) -> None:
    while True:
        try:
            outer, _ = listening.accept()
        except OSError:  # not believed, or closed
            if listening.fileno() < 0:
                return
            continue
        inner = socket.create_connection(target)
        for one, other in ((outer, inner), (inner, outer)):
            threading.Thread(target=_copy, args=(one, other), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    finally:
        for one in (source, sink):
            one.close()


def camera(url: str) -> Camera:
    return Camera(id="cam", name="Door", url=url, created_at=datetime.now(UTC))


@pytest.mark.parametrize("kind", ["https", "rtsps"])
def test_a_camera_s_own_certificate_is_believed_only_when_it_is_given(
    kind: str, certificate: Certificate, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(kind)
    with pytest.raises(TlsFailed, match="MASKWATCH_CA_FILE"):
        probe(camera(url))
    assert probe(camera(url), ca_file=certificate.path).codec in ("mjpeg", "h264")


def test_an_rtsps_camera_is_connected_to_one_of_its_checked_addresses(rtsps: str, certificate: Certificate) -> None:
    check = AddressCheck(policy=AddressPolicy.from_text(urlsplit(rtsps).netloc))
    assert probe(camera(rtsps), ca_file=certificate.path, addresses=check).codec == "h264"


def test_a_file_without_certificates_names_its_setting(https: str, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    with pytest.raises(InvalidInput, match="MASKWATCH_CA_FILE"):
        probe(camera(https), ca_file=empty)
