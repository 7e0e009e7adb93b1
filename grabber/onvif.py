"""An ONVIF camera: which streams it offers, and where they are.

Whatever address a device claims, it is asked where it was found: behind a router it names one nobody can reach, and a
login must go to no other host. Source: ONVIF Core 8.1-8.2 and Media 5.2, 5.15 (GetProfiles, GetStreamUri).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote, urlsplit
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import httpx

from common.domain.discovery import StreamProfile
from common.ports.clock import Clock, utc_now
from grabber.address import redacted
from grabber.errors import NotOnvif, StreamNotFound, stream_error
from grabber.onvif_soap import Login, ask, text_of

DEVICE_SERVICE = "/onvif/device_service"  # Core 5.1: the one address that is fixed
STREAMS = ("rtsp", "rtsps", "http", "https")  # what a camera may name: never a file of this machine
CLOCK = "<tds:GetSystemDateAndTime/>"
CAPABILITIES = "<tds:GetCapabilities><tds:Category>Media</tds:Category></tds:GetCapabilities>"
INFORMATION = "<tds:GetDeviceInformation/>"
PROFILES = "<trt:GetProfiles/>"
STREAM_URI = (
    "<trt:GetStreamUri><trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream>"
    "<tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport></trt:StreamSetup>"
    "<trt:ProfileToken>{token}</trt:ProfileToken></trt:GetStreamUri>"
)
Nonce = Callable[[], bytes]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A stream that the device offers."""

    token: str  # its name in the protocol
    name: str
    codec: str  # H264, JPEG, …
    width: int  # pixels
    height: int


class OnvifDevice:
    """Asks one device; every question may raise StreamError."""

    def __init__(
        self,
        url: str,
        *,
        client: httpx.Client,
        login: Login | None = None,
        clock: Clock = utc_now,
        nonce: Nonce = lambda: os.urandom(16),
    ) -> None:
        """`url`: onvif://host[:port], whatever follows."""
        parts = urlsplit(url)
        self.netloc = parts.netloc.rpartition("@")[2]
        self.host = self.netloc.removesuffix(f":{parts.port}") if parts.port else self.netloc
        self._base = f"{'https' if parts.port == 443 else 'http'}://{self.netloc}"
        self._client, self._login, self._clock, self._nonce = client, login, clock, nonce
        # Some devices want HTTP's own digest instead; it is sent only to those that ask for it.
        self._auth = httpx.DigestAuth(login.username, login.password) if login else None
        self._ahead: timedelta | None = None  # the device's clock, against ours
        self._media = ""

    def check(self) -> None:
        """Ask for the time, which needs no login. Raises StreamError where no ONVIF device answers."""
        answer = ask(self._client, self._base + DEVICE_SERVICE, CLOCK)
        if answer.find(".//{*}GetSystemDateAndTimeResponse") is None:
            raise stream_error(NotOnvif, self._base)
        self._ahead = _time_of(answer, self._clock()) - self._clock()

    def model(self) -> str:
        """Maker and model."""
        answer = self._ask(DEVICE_SERVICE, INFORMATION)
        return " ".join(
            part for part in (text_of(answer, ".//{*}Manufacturer"), text_of(answer, ".//{*}Model")) if part
        )

    def profiles(self) -> tuple[Profile, ...]:
        """The streams, the best usually first."""
        answer = self._ask(self._media_service(), PROFILES)
        return tuple(_profile(found) for found in answer.iterfind(".//{*}Profiles"))

    def find(self, name: str) -> Profile:
        """The profile of that token or name; the first one for an empty name. Raises StreamNotFound."""
        for profile in self.profiles():
            if name in ("", profile.token, profile.name):
                return profile
        raise stream_error(StreamNotFound, f"onvif://{self.netloc}/{name}")

    def stream_url(self, profile: Profile) -> str:
        """Where its stream is. Raises StreamNotFound for an address that is no stream's."""
        answer = self._ask(self._media_service(), STREAM_URI.format(token=escape(profile.token)))
        parts = urlsplit(text_of(answer, ".//{*}Uri"))
        if parts.scheme not in STREAMS:
            raise stream_error(StreamNotFound, redacted(f"onvif://{self.netloc}/{profile.name}"))
        return parts._replace(netloc=f"{self.host}:{parts.port}" if parts.port else self.host).geturl()

    def found_profile(self, profile: Profile) -> StreamProfile:
        """The profile as what can be added as a camera."""
        return StreamProfile(
            name=profile.name,
            url=f"onvif://{self.netloc}/{quote(profile.token, safe='')}",
            codec=profile.codec,
            width=profile.width,
            height=profile.height,
        )

    def _media_service(self) -> str:
        if not self._media:
            answer = self._ask(DEVICE_SERVICE, CAPABILITIES)
            address = next((text_of(found, "{*}XAddr") for found in answer.iterfind(".//{*}Media")), "")
            self._media = urlsplit(address).path
            if not self._media:
                raise stream_error(NotOnvif, self._base)
        return self._media

    def _ask(self, path: str, body: str) -> Element:
        header = ""
        if self._login is not None:
            if self._ahead is None:
                self.check()
            created = self._clock() + (self._ahead or timedelta())
            header = self._login.token(created=created, nonce=self._nonce())
        return ask(self._client, self._base + path, body, header=header, auth=self._auth)


def profile_of(url: str) -> str:
    """The profile that an onvif:// address names, or nothing."""
    return unquote(urlsplit(url).path.strip("/"))


def _profile(found: Element) -> Profile:
    encoder = found.find("{*}VideoEncoderConfiguration")
    size = encoder.find("{*}Resolution") if encoder is not None else None
    return Profile(
        token=found.get("token", ""),
        name=text_of(found, "{*}Name"),
        codec=text_of(encoder, "{*}Encoding") if encoder is not None else "",
        width=_number(size, "{*}Width"),
        height=_number(size, "{*}Height"),
    )


def _number(element: Element | None, path: str) -> int:
    text = text_of(element, path) if element is not None else ""
    return int(text) if text.isdigit() else 0


def _time_of(answer: Element, now: datetime) -> datetime:
    """The device's clock; ours where it does not say."""
    moment = answer.find(".//{*}UTCDateTime")
    if moment is None:
        return now
    names = ("Date/{*}Year", "Date/{*}Month", "Date/{*}Day", "Time/{*}Hour", "Time/{*}Minute", "Time/{*}Second")
    try:
        year, month, day, hour, minute, second = (_number(moment, "{*}" + name) for name in names)
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return now
