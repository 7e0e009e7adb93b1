"""What a look around in the network found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class StreamProfile:
    """One of the streams that a camera offers."""

    name: str
    url: str  # onvif://host:port/profile, to be added as a camera
    codec: str = ""  # as the camera says: H264, JPEG, …; empty where it does not say
    width: int = 0  # pixels
    height: int = 0


@dataclass(frozen=True, kw_only=True)
class FoundCamera:
    """A camera that answered; its profiles only where the login was right."""

    url: str  # onvif://host:port, which stands for its first profile
    host: str
    name: str = ""
    hardware: str = ""
    profiles: tuple[StreamProfile, ...] = ()
    problem: str = ""  # why there are no profiles, as a sentence; empty when nobody asked for them


@dataclass(frozen=True, kw_only=True)
class Search:
    """Where to look, and with which login."""

    hosts: tuple[str, ...] = ()  # names, addresses, host:port, or subnets as 192.168.1.0/24; multicast looks, too
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    seconds: float = 3.0  # wait for answers
    multicast: bool = True  # also ask the network; without it, the login goes to the named hosts alone
