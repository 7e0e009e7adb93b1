"""A small ONVIF device on a loop-back port: SOAP over HTTP, checked as a strict camera checks it."""

from __future__ import annotations

import hashlib
import re
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FAR = "http://10.99.0.7:8080"  # what the device believes to be its own address
ENVELOPE = (
    '<?xml version="1.0"?><SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"'
    ' xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:ter="http://www.onvif.org/ver10/error">'
    "<SOAP-ENV:Body>{}</SOAP-ENV:Body></SOAP-ENV:Envelope>"
)
FAULT = (
    "<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>SOAP-ENV:Sender</SOAP-ENV:Value><SOAP-ENV:Subcode>"
    "<SOAP-ENV:Value>ter:{}</SOAP-ENV:Value></SOAP-ENV:Subcode></SOAP-ENV:Code></SOAP-ENV:Fault>"
)
INFORMATION = "<tds:Manufacturer>Acme</tds:Manufacturer><tds:Model>Eye 2</tds:Model>"
PROFILE = (
    '<trt:Profiles token="{0}"><tt:Name>{0}-name</tt:Name><tt:VideoEncoderConfiguration><tt:Encoding>H264</tt:Encoding>'
    "<tt:Resolution><tt:Width>{1}</tt:Width><tt:Height>{2}</tt:Height></tt:Resolution>"
    "</tt:VideoEncoderConfiguration></trt:Profiles>"
)


@dataclass
class OnvifCamera:
    """What it offers, how its clock goes, and what it was asked."""

    username: str = "op"
    password: str = "s&crt"
    streams: dict[str, str] = field(default_factory=dict)  # profile -> its stream's URL
    ahead: timedelta = timedelta()
    wants_http_digest: bool = False
    asked: list[str] = field(default_factory=list)
    nonces: set[bytes] = field(default_factory=set)
    netloc: str = ""

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def answer(self, request: str) -> str:
        body = request.partition("Body>")[2]
        question = re.search(r"<\w+:(\w+)", body)
        name = question[1] if question else ""
        self.asked.append(name)
        if name == "GetSystemDateAndTime":
            return self._time()
        if not self.wants_http_digest and not self._is_signed(request):
            return FAULT.format("NotAuthorized")
        if name == "GetDeviceInformation":
            return _named("tds:GetDeviceInformationResponse", INFORMATION)
        if name == "GetCapabilities":
            service = f"<tt:Media><tt:XAddr>{FAR}/onvif/Media</tt:XAddr></tt:Media>"
            return _named("tds:GetCapabilitiesResponse", _named("tds:Capabilities", service))
        if name == "GetProfiles":
            profiles = "".join(PROFILE.format(token, 1920, 1080) for token in self.streams)
            return _named("trt:GetProfilesResponse", profiles)
        token = re.search(r"ProfileToken>([^<]*)<", body)
        if name != "GetStreamUri" or token is None or token[1] not in self.streams:
            return FAULT.format("InvalidArgVal")
        uri = f"<trt:MediaUri><tt:Uri>{self.streams[token[1]]}</tt:Uri></trt:MediaUri>"
        return f"<trt:GetStreamUriResponse>{uri}</trt:GetStreamUriResponse>"

    def _time(self) -> str:
        now = self.now()
        parts = {
            "tt:Time": {"Hour": now.hour, "Minute": now.minute, "Second": now.second},
            "tt:Date": {"Year": now.year, "Month": now.month, "Day": now.day},
        }
        moment = "".join(
            _named(name, "".join(_named(f"tt:{unit}", str(value)) for unit, value in units.items()))
            for name, units in parts.items()
        )
        return _named("tds:GetSystemDateAndTimeResponse", _named("tt:UTCDateTime", moment))

    def _is_signed(self, request: str) -> bool:
        """UsernameToken Profile 1.1: the digest is right, fresh by the device's clock, and was never seen before."""
        fields = [
            re.search(rf"<\w+:{name}(?: [^>]*)?>([^<]*)<", request)
            for name in ("Username", "Password", "Nonce", "Created")
        ]
        if not all(fields):
            return False
        user, digest, nonce, created = (found[1] for found in fields if found)
        seed = b64decode(nonce)
        proof = hashlib.sha1(seed + created.encode() + self.password.encode(), usedforsecurity=False).digest()
        is_fresh = abs(datetime.fromisoformat(created) - self.now()) < timedelta(seconds=10)
        is_new = seed not in self.nonces
        self.nonces.add(seed)
        return user == self.username and digest == b64encode(proof).decode() and is_fresh and is_new


def _named(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>"


@contextmanager
def serving(camera: OnvifCamera) -> Iterator[OnvifCamera]:
    """Run the device until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = self.rfile.read(int(self.headers["Content-Length"])).decode()
            needs_login = camera.wants_http_digest and "GetSystemDateAndTime" not in request
            if needs_login and f'username="{camera.username}"' not in self.headers.get("Authorization", ""):
                self._send(401, b"", [("WWW-Authenticate", 'Digest realm="x", nonce="1", qop="auth"')])
                return
            answer = ENVELOPE.format(camera.answer(request))
            self._send(400 if ":Fault" in answer else 200, answer.encode(), [("Content-Type", "application/soap+xml")])

        def log_message(self, format: str, *args: object) -> None: ...

        def _send(self, status: int, body: bytes, headers: list[tuple[str, str]]) -> None:
            self.send_response(status)
            for name, value in [*headers, ("Content-Length", str(len(body)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    camera.netloc = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield camera
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
