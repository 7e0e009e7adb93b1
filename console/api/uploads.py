"""Bodies that hold pictures or a video: refused while they come, when they are too large or too slow.

A file's name is a label: nothing is ever opened, or written, by it.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from common.errors import ImageTooLarge, InvalidInput
from console.errors import SlowUpload, UnsupportedBody
from console.looking import LookLimits
from console.trials import MOST_PICTURES

PICTURES, VIDEO = "images", "video"  # fields of a form
BODY_PICTURES = 2  # a body may be as large as so many of the largest pictures: it is in memory at once
IDLE_SECONDS = 10.0  # between two pieces of a body
BYTES_PER_SECOND = 1_000_000  # a body that comes at this speed may take longer
DRAIN = 2  # times the limit: so much is received and thrown away, for a client that is cut off never reads why
NAME_LIMIT = 200  # characters of a stranger's file name
BINARY = ("", "application/octet-stream", "application/x-www-form-urlencoded")  # the last: curl --data-binary


@dataclass(frozen=True, kw_only=True)
class GivenVideo:
    """What somebody sent; whoever takes it closes it."""

    name: str
    file: IO[bytes]


async def read_pictures(request: Request, limits: LookLimits, *, most: int = MOST_PICTURES) -> list[bytes]:
    """The encoded pictures of a body, none looked at yet.

    Raises ImageTooLarge, InvalidInput, UnsupportedBody or SlowUpload.
    """
    kind = _kind(request)
    if kind in BINARY or kind.startswith("image/"):
        async with aclosing(_pieces(request, limits.picture_bytes, limits)) as pieces:
            pictures = [b"".join([piece async for piece in pieces])]
    elif kind == "multipart/form-data":
        pictures = await _pictures_of_form(request, limits, most)
    else:
        raise UnsupportedBody(f"{kind} holds no pictures; send multipart/form-data or image/*")
    if not any(pictures) or len(pictures) > most:
        raise InvalidInput(
            f"{len(pictures)} pictures came, in the form's field {PICTURES!r}; one request takes 1..{most}"
        )
    if any(len(picture) > limits.picture_bytes for picture in pictures):
        raise ImageTooLarge(f"a picture has more than the {limits.picture_bytes:,} bytes allowed")
    return pictures


async def receive_video(request: Request, limits: LookLimits) -> GivenVideo:
    """The video of a body, in a file without a name that is gone once it is closed. Raises as `read_pictures` does."""
    kind = _kind(request)
    if kind == "multipart/form-data":
        form = await _form(request, limits.video_bytes, limits, most=1)
        upload = form.get(VIDEO)
        if not isinstance(upload, UploadFile):
            await form.close()
            raise InvalidInput(f"the form has no file {VIDEO!r}")
        return GivenVideo(name=PurePath(upload.filename or "").name[:NAME_LIMIT] or VIDEO, file=upload.file)
    if kind in BINARY or kind.startswith("video/"):
        return GivenVideo(name=VIDEO, file=await _to_disk(request, limits))
    raise UnsupportedBody(f"{kind} holds no video; send multipart/form-data or video/*")


async def _to_disk(request: Request, limits: LookLimits) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115  whoever takes it closes it
    try:
        async with aclosing(_pieces(request, limits.video_bytes, limits)) as pieces:
            async for piece in pieces:
                await run_in_threadpool(file.write, piece)
    except BaseException:
        file.close()
        raise
    return file


async def _pictures_of_form(request: Request, limits: LookLimits, most: int) -> list[bytes]:
    form = await _form(
        request, BODY_PICTURES * limits.picture_bytes, limits, most=most + 1
    )  # its own sentence says more
    try:
        files = [part for name, part in form.multi_items() if name == PICTURES and isinstance(part, UploadFile)]
        return [await file.read() for file in files]
    finally:
        await form.close()


async def _form(request: Request, most_bytes: int, limits: LookLimits, *, most: int) -> FormData:
    async with aclosing(_pieces(request, most_bytes, limits)) as pieces:
        try:
            return await MultiPartParser(request.headers, pieces, max_files=most, max_fields=16).parse()
        except (MultiPartException, KeyError) as exc:
            raise InvalidInput(f"the multipart body is damaged: {getattr(exc, 'message', exc)}") from exc


async def _pieces(request: Request, most_bytes: int, limits: LookLimits) -> AsyncGenerator[bytes, None]:
    """The body as it comes. Raises ImageTooLarge once it is over, or says that it will be; SlowUpload."""
    said = request.headers.get("content-length", "")
    announced = int(said) if said.isdecimal() else 0
    is_too_large, seen, waited = announced > most_bytes, 0, 0.0
    stream = request.stream()
    while announced <= DRAIN * most_bytes:
        left = limits.body_seconds + seen / BYTES_PER_SECOND - waited
        began = time.monotonic()
        try:
            async with asyncio.timeout(min(IDLE_SECONDS, max(left, 0.0))):
                piece = await anext(stream, None)
        except TimeoutError as exc:
            raise SlowUpload(f"the upload took too long; {seen:,} bytes had come") from exc
        waited += time.monotonic() - began
        if piece is None:
            break
        seen += len(piece)
        is_too_large = is_too_large or seen > most_bytes
        if is_too_large and seen > DRAIN * most_bytes:
            break
        if not is_too_large:
            yield piece
    if is_too_large:
        raise ImageTooLarge(f"the upload has more than the {most_bytes:,} bytes allowed")


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
