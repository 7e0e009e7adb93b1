"""A small OpenID Connect provider on the loop-back address: real HTTP, real signatures, one user who always agrees."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID, CLIENT_SECRET = "maskwatch", "the client's secret"


@cache
def new_key(name: str) -> RSAKey:
    """One of that name for all tests: it takes long to make."""
    return RSAKey.generate_key(2048, {"kid": name})


@dataclass
class Provider:
    """What it says, and what a test may spoil of it."""

    clock: Callable[[], datetime]
    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: new_key("first"))
    claims: dict[str, Any] = field(default_factory=dict)  # beside, or in place of, the usual ones; None: left out
    sign: Callable[[dict[str, Any]], str] | None = None  # in place of an honest signature
    asked: dict[str, dict[str, str]] = field(default_factory=dict)  # by code: what the browser came with
    tokens: int = 0  # that were given out

    @property
    def keys(self) -> list[RSAKey]:
        """Published."""
        return [self.key]

    def token(self, asked: dict[str, str]) -> str:
        now = int(self.clock().timestamp())
        usual = {
            "iss": self.issuer, "sub": "4711", "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
            "preferred_username": "ada", "groups": ["guards"],
        }  # fmt: skip
        claims = {name: value for name, value in (usual | self.claims).items() if value is not None}
        if self.sign is not None:
            return self.sign(claims)
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def redeem(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """The token endpoint: code, PKCE verifier, client and address must be those that were asked for; once."""
        asked = self.asked.pop(form.get("code", ""), None)
        expected = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode()
        if asked is None or authorization != expected:
            return 400, {"error": "invalid_grant"}
        if asked["code_challenge"] != challenge.rstrip("=") or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        self.tokens += 1
        return 200, {"access_token": "-", "token_type": "Bearer", "id_token": self.token(asked)}

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        }  # fmt: skip


@contextmanager
def identity_provider(clock: Callable[[], datetime]) -> Iterator[Provider]:
    """Serve one until the end."""
    provider = Provider(clock=clock)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(address.query).items()}
                code = f"code{len(provider.asked)}-{asked['state'][:8]}"
                provider.asked[code] = asked
                self.send_response(302)
                self.send_header(
                    "Location", f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
                )
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif address.path == "/keys":
                self._answer(200, KeySet(list(provider.keys)).as_dict(private=False))
            else:
                self._answer(200, provider.metadata())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.redeem(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, body: Any) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield provider
        server.shutdown()
        thread.join()
