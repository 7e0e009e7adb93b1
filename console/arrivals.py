"""On the way to the identity provider and back: what must be known when the browser returns."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass

from common.errors import NotFound
from console.context import Console
from console.errors import NotVouchedFor, TooManyLogins
from console.login import Session, open_session, place_of
from console.outside import welcome
from console.vouching import Departure, IdentityProvider

WAY_SECONDS = 600.0  # people look for their second factor
MOST_DEPARTURES = 60  # from one address until a minute passes without any: each is kept until its way is over
DEPARTURES_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Somebody who is back, and where they wanted to go."""

    session: Session
    target: str


def provider_of(console: Console) -> IdentityProvider:
    """Raises NotFound where there is none."""
    if console.provider is None:
        raise NotFound("nobody logs in elsewhere here: MASKWATCH_OIDC_ISSUER is not set")
    return console.provider


def depart(console: Console, *, target: str, redirect_uri: str, address: str) -> Departure:
    """Send somebody there. Raises NotFound, Unavailable; TooManyLogins for whoever only leaves, again and again."""
    provider = provider_of(console)
    if console.coordination.add(f"oidc-departures/{place_of(address)}", 1, ttl=DEPARTURES_SECONDS) > MOST_DEPARTURES:
        raise TooManyLogins(
            "Too many logins were begun. Try again in a minute.", retry_after_seconds=DEPARTURES_SECONDS
        )
    departure = provider.depart(redirect_uri=redirect_uri)
    kept = {"nonce": departure.nonce, "verifier": departure.verifier, "target": target, "redirect_uri": redirect_uri}
    console.coordination.put(_key(departure.state), json.dumps(kept).encode(), ttl=WAY_SECONDS)
    return departure


def arrive(console: Console, *, code: str, state: str, cookie: str, address: str) -> Arrival:
    """Log in whoever comes back in the browser that left, once.

    Raises NotVouchedFor, NotAllowed, NotFound, Unavailable.
    """
    provider = provider_of(console)
    kept = console.coordination.get(_key(state)) if state else None
    if not kept or not hmac.compare_digest(state.encode(), cookie.encode()):
        raise NotVouchedFor("This login was begun elsewhere, or too long ago. Please log in again.")
    console.coordination.put(_key(state), b"", ttl=1.0)
    known = json.loads(kept)
    stranger = provider.arrive(
        code=code, redirect_uri=known["redirect_uri"], nonce=known["nonce"], verifier=known["verifier"]
    )
    session = open_session(console, welcome(console, stranger), address=address)
    return Arrival(session=session, target=known["target"])


def safe_target(path: str) -> str:
    """Where to go after the login: a path of ours, never another site."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_ours else "/"


def _key(state: str) -> str:
    return "oidc/" + hashlib.sha256(state.encode()).hexdigest()
