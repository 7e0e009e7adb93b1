"""Cameras that speak HTTP: one JPEG per request, Motion JPEG that never ends, or an HLS playlist."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import datetime

import httpx

from common.domain.camera import Camera
from common.errors import AddressRefused, StreamError
from common.outbound.http import checked_client
from grabber.address import redacted
from grabber.errors import (
    AuthFailed,
    CodecUnsupported,
    NoVideo,
    StreamEnded,
    StreamNotFound,
    StreamTimeout,
    TlsFailed,
    Unreachable,
    stream_error,
)
from grabber.picture import Picture, picture_from_jpeg
from grabber.sources.hls import Get, is_playlist, open_hls
from grabber.sources.multipart import boundary_of, parts
from grabber.sources.source import Closing, Reading, Source
from grabber.sources.traffic import Traffic
from grabber.sources.trust import tls_context

LARGEST_BODY = 64_000_000  # bytes of a picture or an HLS segment: who never stops sending must not fill the memory
STATUSES: dict[int, type[StreamError]] = {401: AuthFailed, 403: AuthFailed, 404: StreamNotFound, 410: StreamNotFound}


def open_http(camera: Camera, reading: Reading) -> Source:
    """Ask once, and let the answer's type decide."""
    address = redacted(camera.url)
    client = checked_client(
        reading.addresses, timeout=reading.timeout, verify=tls_context(reading), follow_redirects=True
    )
    try:
        response, auth = _get(client, camera, address)
        kind = response.headers.get("content-type", "")
        if (boundary := boundary_of(kind)) is not None:
            return MotionJpegSource(client, response, boundary, address=address, reading=reading)
        if kind.startswith("image/"):
            response.close()
            return StillSource(client, camera.url, auth, address=address, reading=reading)
        if is_playlist(kind, response.url.path):
            at, get = response.url, _getter(client, auth, response.url, address)
            playlist = _whole(response, address).decode("utf-8", "replace")
            return open_hls(playlist, at=str(at), get=get, hang_up=client.close, address=address, reading=reading)
        response.close()
    except (StreamError, AddressRefused):
        client.close()
        raise
    client.close()
    raise stream_error(CodecUnsupported if kind.startswith("video/") else NoVideo, address)


class StillSource(Closing):
    """A camera that answers each request with one picture."""

    codec = "mjpeg"
    fps: float | None = None
    keyframe_interval_seconds: float | None = None  # every picture stands alone
    bytes_per_second: float | None = 0.0  # nothing comes unasked

    def __init__(
        self, client: httpx.Client, url: str, auth: httpx.Auth | None, *, address: str, reading: Reading
    ) -> None:
        self._client, self._url, self._auth = client, url, auth
        self._address, self._reading = address, reading

    def shot(self, due: datetime, *, stop: threading.Event) -> Picture | None:
        """See `Source.shot`: the picture is asked for when it is due."""
        if stop.wait(max(0.0, (due - self._reading.clock()).total_seconds())):
            return None
        try:
            response = self._client.send(self._client.build_request("GET", self._url), auth=self._auth, stream=True)
        except httpx.HTTPError as exc:
            raise _translated(exc, self._address) from exc
        jpeg = _whole(response, self._address)
        return picture_from_jpeg(jpeg, captured_at=self._reading.clock(), address=self._address)

    def close(self) -> None:
        """Hang up."""
        self._client.close()


class MotionJpegSource(Closing):
    """A camera that sends picture after picture in one answer."""

    codec = "mjpeg"
    fps: float | None = None
    keyframe_interval_seconds: float | None = None

    def __init__(
        self, client: httpx.Client, response: httpx.Response, boundary: bytes, *, address: str, reading: Reading
    ) -> None:
        self._client, self._response = client, response
        self._address, self._reading = address, reading
        self._pictures: Iterator[bytes] = parts(response.iter_raw(), boundary)
        self._traffic = Traffic()

    @property
    def bytes_per_second(self) -> float | None:
        """Of the pictures, since the first."""
        return self._traffic.bytes_per_second

    def shot(self, due: datetime, *, stop: threading.Event) -> Picture | None:
        """See `Source.shot`: pictures before `due` are thrown away undecoded."""
        longest = time.monotonic() + max(0.0, (due - self._reading.clock()).total_seconds())
        while not stop.is_set():
            jpeg = self._next()
            now = self._reading.clock()
            if now >= due or time.monotonic() >= longest:  # the clock may have been set back meanwhile
                return picture_from_jpeg(jpeg, captured_at=now, address=self._address)
        return None

    def close(self) -> None:
        """Hang up."""
        self._response.close()
        self._client.close()

    def _next(self) -> bytes:
        try:
            jpeg = next(self._pictures, None)
        except httpx.HTTPError as exc:
            raise _translated(exc, self._address) from exc
        except ValueError as exc:
            raise stream_error(CodecUnsupported, self._address) from exc
        if jpeg is None:
            raise stream_error(StreamEnded, self._address)
        self._traffic.add(len(jpeg), time.monotonic())
        return jpeg


def _get(client: httpx.Client, camera: Camera, address: str) -> tuple[httpx.Response, httpx.Auth | None]:
    """The answer, still open, and the kind of login that the camera asked for."""
    auth: httpx.Auth | None = None
    response = _send(client, camera.url, auth, address)
    if response.status_code == 401 and camera.username:
        challenge = response.headers.get("www-authenticate", "").lower()
        response.close()
        kind = httpx.DigestAuth if "digest" in challenge else httpx.BasicAuth
        auth = kind(camera.username, camera.password or "")
        response = _send(client, camera.url, auth, address)
    if response.status_code >= 400:
        response.close()
        raise stream_error(STATUSES.get(response.status_code, Unreachable), address)
    return response, auth


def _send(client: httpx.Client, url: str, auth: httpx.Auth | None, address: str) -> httpx.Response:
    try:
        return client.send(client.build_request("GET", url), auth=auth, stream=True)
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        raise _translated(exc, address) from exc


def _getter(client: httpx.Client, auth: httpx.Auth | None, camera: httpx.URL, address: str) -> Get:
    """Fetches what a playlist names; another host than the camera's gets no login."""

    def get(url: str, headers: Mapping[str, str]) -> bytes:
        try:
            wanted = httpx.URL(url)
            is_ours = (wanted.scheme, wanted.netloc) == (camera.scheme, camera.netloc)
            request = client.build_request("GET", wanted, headers=dict(headers))
            response = client.send(request, auth=auth if is_ours else None, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise _translated(exc, address) from exc
        return _whole(response, address)

    return get


def _whole(response: httpx.Response, address: str) -> bytes:
    body = b""
    try:
        if response.status_code >= 400:
            raise stream_error(STATUSES.get(response.status_code, Unreachable), address)
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > LARGEST_BODY:
                raise stream_error(CodecUnsupported, address)
    except httpx.HTTPError as exc:
        raise _translated(exc, address) from exc
    finally:
        response.close()
    return body


def _translated(error: Exception, address: str) -> StreamError:
    if isinstance(error, httpx.TimeoutException):
        return stream_error(StreamTimeout, address)
    if isinstance(error, httpx.ConnectError) and _is_tls(error):
        return stream_error(TlsFailed, address)
    ended = isinstance(error, httpx.RemoteProtocolError | httpx.ReadError)
    return stream_error(StreamEnded if ended else Unreachable, address)


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
