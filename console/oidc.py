"""Logging in at an identity provider: OpenID Connect's authorization code flow, with PKCE.

OpenID Connect Core 1.0, section 3.1; OpenID Connect Discovery 1.0; RFC 7636 (PKCE).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from common.domain.user import Role
from common.errors import Unavailable
from common.ports.clock import Clock, utc_now
from console.errors import NotAllowed, NotVouchedFor
from console.vouching import Departure, Stranger

log = structlog.get_logger(__name__)

SCOPE = "openid profile email"
# Signatures by a key pair only: whoever knows the client's secret must not be able to sign, and "none" is no signature.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
LEEWAY_SECONDS = 60  # clocks differ
KEPT = timedelta(hours=1)  # what the provider says of itself
MOST_BYTES = 1_000_000  # of one answer

Claims = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class OidcClient:
    """What the provider's administrator gave us, and what its claims mean."""

    issuer: str  # https://idp.example/realms/main: also where its configuration is found
    client_id: str
    client_secret: str = field(repr=False)  # empty: a public client
    role_claim: str = "groups"  # dots lead into objects: realm_access.roles
    roles: Mapping[str, Role] = field(default_factory=dict)  # by the claim's value; empty: the provider says none
    sites_claim: str = ""  # the sites that somebody may see; empty: the provider does not say


@dataclass(frozen=True, kw_only=True)
class _Known:
    metadata: Mapping[str, Any]
    keys: KeySet
    until: datetime


class OidcProvider:
    """See console/vouching.py; thread-safe."""

    def __init__(self, client: OidcClient, *, http: httpx.Client, clock: Clock = utc_now) -> None:
        """`http`: follows no redirects; how it trusts certificates is its maker's choice."""
        self._client = client
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._known: _Known | None = None

    @property
    def host(self) -> str:
        return urlsplit(self._client.issuer).hostname or ""

    def depart(self, *, redirect_uri: str) -> Departure:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self._client.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        endpoint = str(self._provider().metadata["authorization_endpoint"])
        separator = "&" if "?" in endpoint else "?"
        return Departure(url=endpoint + separator + urlencode(query), state=state, nonce=nonce, verifier=verifier)

    def arrive(self, *, code: str, redirect_uri: str, nonce: str, verifier: str) -> Stranger:
        claims = self._claims(self._redeem(code, redirect_uri, verifier), nonce)
        return self._stranger(claims)

    def _redeem(self, code: str, redirect_uri: str, verifier: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": self._client.client_id,
            "code_verifier": verifier,
        }
        methods = self._provider().metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        auth = None
        if self._client.client_secret and "client_secret_basic" in methods:
            auth = httpx.BasicAuth(self._client.client_id, self._client.client_secret)
        elif self._client.client_secret:
            form["client_secret"] = self._client.client_secret
        endpoint = str(self._provider().metadata["token_endpoint"])
        answer = self._ask(lambda: self._http.post(endpoint, data=form, auth=auth or httpx.USE_CLIENT_DEFAULT))
        token = _json(answer).get("id_token") if answer.is_success else None
        if not isinstance(token, str):
            raise NotVouchedFor("The identity provider does not accept what came back from it. Please log in again.")
        return token

    def _claims(self, token: str, nonce: str) -> Claims:
        expected = jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._client.issuer},
            aud={"essential": True, "value": self._client.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = self._decode(token).claims
            expected.validate(claims)
        except (JoseError, ValueError) as exc:
            log.warning("oidc.refused", reason=type(exc).__name__)
            raise NotVouchedFor("What the identity provider sent cannot be believed. Please log in again.") from exc
        many = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if many else self._client.client_id) != self._client.client_id:
            raise NotVouchedFor("What the identity provider sent was meant for somebody else.")
        return claims

    def _decode(self, token: str) -> jwt.Token:
        try:
            return jwt.decode(token, self._provider().keys, algorithms=ALGORITHMS)
        except InvalidKeyIdError:  # it has new keys, maybe
            return jwt.decode(token, self._provider(anew=True).keys, algorithms=ALGORITHMS)

    def _stranger(self, claims: Claims) -> Stranger:
        name = next((claims[key] for key in ("preferred_username", "email", "name", "sub") if claims.get(key)), "")
        sites = tuple(_texts(_find(claims, self._client.sites_claim))) if self._client.sites_claim else None
        if sites == ():
            raise NotAllowed("The identity provider names no site that you may see.")  # none would mean all
        return Stranger(
            subject=f"{self._client.issuer} {claims['sub']}", name=str(name), role=self._role(claims), sites=sites
        )

    def _role(self, claims: Claims) -> Role | None:
        if not self._client.roles:
            return None
        found = [self._client.roles.get(value) for value in _texts(_find(claims, self._client.role_claim))]
        role = next((role for role in reversed(Role) if role in found), None)  # the highest
        if role is None:
            raise NotAllowed("The identity provider gives you no role here.")
        return role

    def _provider(self, *, anew: bool = False) -> _Known:
        with self._lock:
            now = self._clock()
            if self._known is None or self._known.until <= now or anew:
                self._known = self._read(now)
            return self._known

    def _read(self, now: datetime) -> _Known:
        issuer = self._client.issuer
        metadata = self._get(issuer.rstrip("/") + "/.well-known/openid-configuration")
        missing = {"authorization_endpoint", "token_endpoint", "jwks_uri"} - metadata.keys()
        if metadata.get("issuer") != issuer or missing:
            raise Unavailable(f"MASKWATCH_OIDC_ISSUER: what {issuer} says of itself is not of that issuer")
        keys = self._get(str(metadata["jwks_uri"]))
        try:
            return _Known(metadata=metadata, keys=KeySet.import_key_set({"keys": keys["keys"]}), until=now + KEPT)
        except (JoseError, ValueError, KeyError, TypeError) as exc:
            raise Unavailable("the identity provider's keys cannot be read") from exc

    def _get(self, url: str) -> Mapping[str, Any]:
        answer = self._ask(lambda: self._http.get(url))
        if not answer.is_success:
            raise Unavailable(f"the identity provider answers {answer.status_code}")
        return _json(answer)

    def _ask(self, request: Callable[[], httpx.Response]) -> httpx.Response:
        try:
            return request()
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise Unavailable(f"the identity provider does not answer: {type(exc).__name__}") from exc


def _json(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        said = answer.json() if len(answer.content) <= MOST_BYTES else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Unavailable("the identity provider answers something else than JSON")
    return said


def _find(claims: Claims, path: str) -> object:
    value: object = claims.get(path)
    if value is None and "." in path:
        value = claims
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str) and text]
