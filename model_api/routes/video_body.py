"""A video out of a request's body: a form's file, the body itself, or an address. It goes to disk as it comes."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath
from typing import IO, Any

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from common.errors import InvalidInput
from model_api.bodies import UnsupportedBody, parse_json
from model_api.errors import VideoTooLarge
from model_api.fetch import FetchLimits, fetch, parse_url
from model_api.moderation.runs import Source

FIELD = "video"
RAW_TYPES = ("", "application/octet-stream", "application/x-www-form-urlencoded")  # the last: curl --data-binary
JSON_BYTES = 16_384  # of {"url": …}
NAME_LIMIT = 200  # characters of a stranger's file name
DRAIN = 2  # times the limit: so much is received and thrown away, for a client that is cut off never reads why


@dataclass(frozen=True, kw_only=True)
class GivenVideo:
    """What the caller gave."""

    name: str
    source: Source


class VideoBodies:
    """Reads requests, within the limits."""

    def __init__(self, *, limits: FetchLimits) -> None:
        self._limits = limits

    async def read(self, request: Request) -> GivenVideo:
        """Raises VideoTooLarge, InvalidInput, AddressRefused or UnsupportedBody."""
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type == "multipart/form-data":
            return await self._read_form(request)
        if media_type == "application/json":
            return self._from_json(await self._read_text(request))
        if media_type in RAW_TYPES or media_type.startswith("video/"):
            return _given("video", await self._read_raw(request))
        raise UnsupportedBody(f"{media_type} holds no video; send multipart/form-data, application/json or video/*")

    async def _read_form(self, request: Request) -> GivenVideo:
        stream = _limited(request, self._limits.max_bytes)
        try:
            form = await MultiPartParser(request.headers, stream, max_files=1, max_fields=16).parse()
        except (MultiPartException, KeyError) as exc:
            raise InvalidInput(f"the multipart body is damaged: {getattr(exc, 'message', exc)}") from exc
        upload = form.get(FIELD)
        if not isinstance(upload, UploadFile):
            await form.close()
            raise InvalidInput(f"the form has no file {FIELD!r}")
        return _given(PurePath(upload.filename or "").name[:NAME_LIMIT] or "video", upload.file)

    async def _read_raw(self, request: Request) -> IO[bytes]:
        file = tempfile.TemporaryFile()  # noqa: SIM115  the run closes it
        try:
            async for chunk in _limited(request, self._limits.max_bytes):
                await asyncio.to_thread(file.write, chunk)
        except BaseException:
            file.close()
            raise
        return file

    async def _read_text(self, request: Request) -> bytes:
        return b"".join([chunk async for chunk in _limited(request, JSON_BYTES)])

    def _from_json(self, text: bytes) -> GivenVideo:
        value: Any = parse_json(text)
        url = value.get("url") if isinstance(value, dict) else None
        if not isinstance(url, str):
            raise InvalidInput('expected {"url": "https://…"}')
        return GivenVideo(name=public_name(url), source=partial(self._fetch, url))

    async def _fetch(self, url: str) -> IO[bytes]:
        return await fetch_video(url, limits=self._limits)


async def fetch_video(url: str, *, limits: FetchLimits) -> IO[bytes]:
    """The video at an address, in a file without a name that is gone once it is closed. Raises as `fetch` does."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  the caller closes it
    try:
        await fetch(url, file, limits=limits)
    except BaseException:
        file.close()
        raise
    return file


def public_name(url: str) -> str:
    """The address without what may be secret: credentials, query, fragment. Raises AddressRefused."""
    parsed = parse_url(url)
    return str(parsed.copy_with(userinfo=b"", query=None, fragment=None))[:NAME_LIMIT]


def _given(name: str, file: IO[bytes]) -> GivenVideo:
    async def source() -> IO[bytes]:
        return file

    return GivenVideo(name=name, source=source)


async def _limited(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    """The body's chunks; VideoTooLarge as soon as it is announced, or turns out, to be over the limit."""
    announced = request.headers.get("content-length", "")
    fits = not (announced.isdecimal() and int(announced) > limit)
    seen = 0
    if fits or "expect" not in request.headers:  # who expects an answer first has not begun to send
        async for chunk in request.stream():
            seen += len(chunk)
            fits = fits and seen <= limit
            if fits:
                yield chunk
            elif seen > DRAIN * limit:
                break
    if not fits:
        raise VideoTooLarge(f"the body has more than the {limit:,} bytes allowed")
