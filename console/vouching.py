"""Who else says who somebody is: an identity provider, or a proxy in front."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from common.domain.user import Role


@dataclass(frozen=True, kw_only=True)
class Stranger:
    """What the other says of somebody."""

    subject: str  # what never changes about them: unique
    name: str
    role: Role | None = None  # None: it does not say; whoever comes first is a viewer
    sites: tuple[str, ...] | None = None  # None: it does not say


@dataclass(frozen=True, kw_only=True)
class Departure:
    """Where to send the browser, and what must be known when it comes back."""

    url: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class IdentityProvider(Protocol):
    """Where people log in beside here."""

    @property
    def host(self) -> str:
        """For the button."""

    def depart(self, *, redirect_uri: str) -> Departure:
        """Raises Unavailable."""

    def arrive(self, *, code: str, redirect_uri: str, nonce: str, verifier: str) -> Stranger:
        """Who came back with this code.

        Raises NotVouchedFor where the provider, or its signature, does not say so; NotAllowed where it gives them no
        role here; Unavailable.
        """
