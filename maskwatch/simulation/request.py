"""RTSP requests and answers on the wire (RFC 2326)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 454: "Session Not Found"}
REASONS |= {459: "Aggregate Operation Not Allowed", 461: "Unsupported Transport", 501: "Not Implemented"}


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request; header names in lower case."""

    method: str
    url: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        """The stream's name, without the track."""
        return urlsplit(self.url).path.strip("/").removesuffix("/track0")


def read_request(lines: BinaryIO) -> Request | None:
    """The next request, skipping packets that the client sends in between; None at the end of the connection."""
    while True:
        first = lines.read(1)
        if first == b"$":  # receiver reports: nobody needs them here
            head = lines.read(3)
            lines.read(int.from_bytes(head[1:3], "big"))
        elif not first:
            return None
        elif first not in b"\r\n":
            break
    start = (first + lines.readline()).decode("latin-1").split()
    headers: dict[str, str] = {}
    while (line := lines.readline().decode("latin-1").strip()) != "":
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    lines.read(int(headers.get("content-length", "0")))
    if len(start) != 3:
        return Request(method="", url="", headers=headers)
    return Request(method=start[0], url=start[1], headers=headers)


def answer(request: Request, status: int, headers: dict[str, str] | None = None, body: str = "") -> bytes:
    """An answer to that request."""
    head = {"CSeq": request.headers.get("cseq", "0"), "Server": "Maskwatch-Simulation", **(headers or {})}
    if body:
        head["Content-Length"] = str(len(body.encode()))
    lines = [f"RTSP/1.0 {status} {REASONS[status]}", *(f"{name}: {value}" for name, value in head.items())]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
