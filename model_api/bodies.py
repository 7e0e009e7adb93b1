"""Pictures out of a request's body: multipart, JSON or raw, refused while they are read."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import AsyncGenerator

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from common.errors import ImageTooLarge, InvalidInput, PermanentError

MOST_IMAGES = 64
FIELD = "images"
BODY_IMAGES = 8  # a whole body may be as large as so many of the largest pictures: it is in memory at once
# What is too large is still received, and thrown away, up to this many times its limit: a client that is cut off while
# it sends never reads why. Beyond that it is cut off.
DRAIN = 10
BASE64_GROWTH = 4 / 3
RAW_TYPES = ("", "application/octet-stream", "application/x-www-form-urlencoded")  # the last: curl --data-binary


class UnsupportedBody(PermanentError):
    """A body of a media type that holds no pictures."""

    code = "unsupported_media_type"


async def read_pictures(request: Request, *, max_bytes: int) -> list[bytes]:
    """The encoded pictures of a request, none looked at yet; `max_bytes` limits each one.

    Raises ImageTooLarge, InvalidInput or UnsupportedBody; no more of the body is read then.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "multipart/form-data":
        pictures = await _multipart(request, max_bytes)
    elif media_type == "application/json":
        pictures = _json(await _read(request, int(BODY_IMAGES * max_bytes * BASE64_GROWTH)))
    elif media_type in RAW_TYPES or media_type.startswith("image/"):
        pictures = [await _read(request, max_bytes)]
    else:
        raise UnsupportedBody(f"{media_type} holds no pictures; send multipart/form-data, application/json or image/*")
    if not 1 <= len(pictures) <= MOST_IMAGES:
        raise InvalidInput(f"{len(pictures)} pictures in {FIELD!r}; 1 to {MOST_IMAGES} are taken")
    return pictures


async def _read(request: Request, limit: int) -> bytes:
    return b"".join([chunk async for chunk in _limited(request, limit)])


async def _limited(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    """The body's chunks; ImageTooLarge as soon as it is announced, or turns out, to be over the limit."""
    announced = request.headers.get("content-length", "")
    fits = not (announced.isdecimal() and int(announced) > limit)
    if not fits and "expect" in request.headers:  # the client has not begun to send
        raise ImageTooLarge(f"the body has more than the {limit:,} bytes allowed")
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        fits = fits and seen <= limit
        if fits:
            yield chunk
        elif seen > DRAIN * limit:
            break
    if not fits:
        raise ImageTooLarge(f"the body has more than the {limit:,} bytes allowed")


async def _multipart(request: Request, max_bytes: int) -> list[bytes]:
    stream = _limited(request, BODY_IMAGES * max_bytes)
    # One more file than is taken may come in: then its own sentence tells the limit.
    parser = MultiPartParser(request.headers, stream, max_files=MOST_IMAGES + 1, max_fields=MOST_IMAGES)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as exc:
        raise InvalidInput(f"the multipart body is damaged: {getattr(exc, 'message', exc)}") from exc
    try:
        return [await file.read() for file in _files(form)]
    finally:
        await form.close()


def _files(form: FormData) -> list[UploadFile]:
    return [part for part in form.getlist(FIELD) if isinstance(part, UploadFile)]


def _json(body: bytes) -> list[bytes]:
    try:
        images = json.loads(body)[FIELD]
        return [_from_base64(image) for image in images]
    except (ValueError, TypeError, KeyError, AttributeError, binascii.Error) as exc:
        raise InvalidInput(f'expected {{"{FIELD}": [base64, …]}}') from exc


def _from_base64(image: str) -> bytes:
    """Lines may be wrapped, and a data: URL (RFC 2397) is taken too."""
    text = image.partition(",")[2] if image.startswith("data:") else image
    return base64.b64decode("".join(text.split()), validate=True)
