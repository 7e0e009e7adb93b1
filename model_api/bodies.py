"""Pictures out of a request's body: multipart, JSON or raw, refused while they are read."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from common.errors import ImageTooLarge, InvalidInput, PermanentError
from model_api.receiving import hold

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
    pictures = await receive_pictures(request, max_bytes=max_bytes)
    limit_pictures(len(pictures))
    return pictures


async def receive_pictures(request: Request, *, max_bytes: int, fields: Sequence[str] = (FIELD,)) -> list[bytes]:
    """The same, however many they are; `fields`: the names under which a form may hold its files."""
    media_type = _media_type(request)
    if media_type == "multipart/form-data":
        return await _multipart(request, max_bytes, fields)
    if media_type == "application/json":
        return from_json(await read_json(request, max_bytes=max_bytes))
    if media_type in RAW_TYPES or media_type.startswith("image/"):
        return [await read_body(request, max_bytes)]
    raise UnsupportedBody(f"{media_type} holds no pictures; send multipart/form-data, application/json or image/*")


def limit_pictures(count: int) -> None:
    """Raise InvalidInput for more pictures than a request may have, or none."""
    if count == 0:
        raise InvalidInput(f"no picture came; a form's files, and those of JSON, are named {FIELD!r}")
    if count > MOST_IMAGES:
        raise InvalidInput(f"{count} pictures came; a request takes {MOST_IMAGES}")


async def read_json(request: Request, *, max_bytes: int) -> Any:
    """The value of a JSON body that may hold some pictures of `max_bytes` each. Raises as `read_pictures` does."""
    media_type = _media_type(request)
    if media_type != "application/json":
        raise UnsupportedBody(f"{media_type or 'a body without a type'} is not taken here; send application/json")
    return parse_json(await read_body(request, int(BODY_IMAGES * max_bytes * BASE64_GROWTH)))


def parse_json(text: bytes) -> Any:
    """The value of a JSON text. Raises InvalidInput."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as exc:  # the second: brackets within brackets, thousands deep
        raise InvalidInput("the body is no JSON") from exc


def from_json(value: Any) -> list[bytes]:
    """The pictures of {"images": [base64, …]}. Raises InvalidInput."""
    images = value.get(FIELD) if isinstance(value, dict) else None
    if not isinstance(images, list):
        raise InvalidInput(f'expected {{"{FIELD}": [base64, …]}}')
    return [from_base64(image) for image in images]


def from_base64(image: Any) -> bytes:
    """Bytes of a base64 string; lines may be wrapped, and a data: URL (RFC 2397) is taken too. Raises InvalidInput."""
    try:
        text = image.partition(",")[2] if image.startswith("data:") else image
        return base64.b64decode("".join(text.split()), validate=True)
    except (AttributeError, ValueError) as exc:
        raise InvalidInput("a picture is no base64 string") from exc


async def read_body(request: Request, limit: int) -> bytes:
    """The whole body, of at most `limit` bytes. Raises ImageTooLarge."""
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
            hold(request, len(chunk))
            yield chunk
        elif seen > DRAIN * limit:
            break
    if not fits:
        raise ImageTooLarge(f"the body has more than the {limit:,} bytes allowed")


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _multipart(request: Request, max_bytes: int, fields: Sequence[str]) -> list[bytes]:
    stream = _limited(request, BODY_IMAGES * max_bytes)
    # One more file than is taken may come in: then its own sentence tells the limit.
    parser = MultiPartParser(request.headers, stream, max_files=MOST_IMAGES + 1, max_fields=MOST_IMAGES)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as exc:
        raise InvalidInput(f"the multipart body is damaged: {getattr(exc, 'message', exc)}") from exc
    try:
        return [await file.read() for file in _files(form, fields)]
    finally:
        await form.close()


def _files(form: FormData, fields: Sequence[str]) -> list[UploadFile]:
    return [part for name, part in form.multi_items() if name in fields and isinstance(part, UploadFile)]
