"""One question to an ONVIF device: SOAP 1.2 over HTTP, signed as WS-Security asks, its faults in our words.

Sources: ONVIF Core Specification 5.9 and 5.12; OASIS Web Services Security UsernameToken Profile 1.1 (2006).
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import httpx

from common.errors import StreamError
from grabber.errors import AuthFailed, NotOnvif, StreamNotFound, StreamTimeout, TlsFailed, Unreachable, stream_error

LARGEST_ANSWER = 2_000_000  # bytes
SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
UTILITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DIGEST = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
BINARY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"'
    ' xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema">'
    "<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
)


@dataclass(frozen=True, kw_only=True)
class Login:
    """A user of the device."""

    username: str
    password: str = field(repr=False)

    def token(self, *, created: datetime, nonce: bytes) -> str:
        """The UsernameToken: Base64(SHA-1(nonce + created + password)); `created` by the device's own clock."""
        stamp = created.strftime("%Y-%m-%dT%H:%M:%SZ")
        digest = hashlib.sha1(nonce + stamp.encode() + self.password.encode(), usedforsecurity=False).digest()
        return (
            f'<w:Security xmlns:w="{SECURITY}" xmlns:u="{UTILITY}" s:mustUnderstand="1"><w:UsernameToken>'
            f"<w:Username>{escape(self.username)}</w:Username>"
            f'<w:Password Type="{DIGEST}">{b64encode(digest).decode()}</w:Password>'
            f'<w:Nonce EncodingType="{BINARY}">{b64encode(nonce).decode()}</w:Nonce>'
            f"<u:Created>{stamp}</u:Created></w:UsernameToken></w:Security>"
        )


def ask(client: httpx.Client, url: str, body: str, *, header: str = "", auth: httpx.Auth | None = None) -> Element:
    """The answer's envelope. Raises StreamError: of the connection, of a refused login, of a fault."""
    content = ENVELOPE.format(header=header, body=body).encode()
    headers = {"Content-Type": "application/soap+xml; charset=utf-8"}
    try:
        with client.stream("POST", url, content=content, headers=headers, auth=auth) as response:
            answer = _bounded(response)
    except httpx.HTTPError as exc:
        raise _translated(exc, url) from exc
    if response.status_code in (401, 403):
        raise stream_error(AuthFailed, url)
    envelope = parse(answer)
    if envelope is None:
        raise stream_error(NotOnvif, url)
    if envelope.find(".//{*}Fault") is not None:
        raise stream_error(_kind_of_fault(envelope), url)
    return envelope


def parse(answer: bytes) -> Element | None:
    """The SOAP envelope of an answer, or None when it is none."""
    if b"<!DOCTYPE" in answer:  # SOAP forbids it, and entities could grow without bound
        return None
    try:
        found = ElementTree.fromstring(answer)  # noqa: S314  # nosec B314  # no DTD: no entities
    except ElementTree.ParseError:
        return None
    return found if found.tag.endswith("}Envelope") else None


def text_of(element: Element, path: str) -> str:
    """The text at that path, or nothing."""
    return (element.findtext(path) or "").strip()


def _bounded(response: httpx.Response) -> bytes:
    answer = b""
    for chunk in response.iter_bytes():
        answer += chunk
        if len(answer) > LARGEST_ANSWER:
            return b""
    return answer


def _kind_of_fault(envelope: Element) -> type[StreamError]:
    codes = " ".join(text_of(found, ".") for found in envelope.iterfind(".//{*}Subcode//{*}Value"))
    if "NotAuthorized" in codes or "FailedAuthentication" in codes:
        return AuthFailed
    return StreamNotFound if "InvalidArgVal" in codes or "NoProfile" in codes else NotOnvif


def _translated(error: httpx.HTTPError, url: str) -> StreamError:
    if isinstance(error, httpx.TimeoutException):
        return stream_error(StreamTimeout, url)
    if isinstance(error, httpx.ConnectError):
        return stream_error(TlsFailed if url.startswith("https:") else Unreachable, url)
    return stream_error(NotOnvif, url)
