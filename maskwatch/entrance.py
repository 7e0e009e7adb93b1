"""Who gets into the console by which door: sessions, proxies in front, the identity provider."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from common.domain.user import Role
from common.errors import InvalidInput
from common.settings import Settings
from console.proxies import Proxies, read_networks
from maskwatch.keys import kept_key

if TYPE_CHECKING:
    from console.vouching import IdentityProvider

ASK_SECONDS = 10.0  # of the provider
KEY_LENGTH = 16  # characters at least


def session_key(settings: Settings) -> str:
    """The key that signs sessions: the setting, else, with embedded adapters only, one kept in the data folder.

    Raises InvalidInput where others than this process may serve the same sessions: each would make a key of its own.
    """
    given = settings.secret_key.get_secret_value()
    urls = (settings.broker_url, settings.database_url, settings.coordination)
    if not given and not all(url.startswith(("sqlite:", "memory:")) for url in urls):
        raise InvalidInput(
            "MASKWATCH_SECRET_KEY is empty: a console whose broker, database or coordination is not embedded needs "
            "one, the same for all its replicas; `maskwatch config key` makes it"
        )
    if given and len(given) < KEY_LENGTH:
        raise InvalidInput(
            f"MASKWATCH_SECRET_KEY needs at least {KEY_LENGTH} characters; `maskwatch config key` makes it"
        )
    return given or kept_key(settings.data / "secret.key")


def read_proxies(settings: Settings) -> Proxies:
    """Raises InvalidInput."""
    return Proxies(
        trusted=read_networks(settings.trusted_proxies),
        user_header=settings.proxy_user_header,
        role_header=settings.proxy_role_header,
    )


def identity_provider(settings: Settings) -> IdentityProvider | None:
    """Raises InvalidInput; whether it answers shows when somebody logs in."""
    if not settings.oidc_issuer:
        return None
    import httpx

    from console.oidc import OidcClient, OidcProvider

    address = urlsplit(settings.oidc_issuer)
    if address.scheme != "https" and address.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise InvalidInput(f"MASKWATCH_OIDC_ISSUER={settings.oidc_issuer!r}: must be https://…")
    if not settings.oidc_client_id:
        raise InvalidInput("MASKWATCH_OIDC_CLIENT_ID is empty: the provider gave you one")
    if not settings.oidc_roles and not settings.oidc_sites_claim:
        raise InvalidInput(
            "MASKWATCH_OIDC_ISSUER alone would show all cameras to everybody whom the provider knows: "
            "MASKWATCH_OIDC_ROLES, such as guards=viewer, or MASKWATCH_OIDC_SITES_CLAIM says who is let in"
        )
    client = OidcClient(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        role_claim=settings.oidc_role_claim,
        roles=read_roles(settings.oidc_roles),
        sites_claim=settings.oidc_sites_claim,
    )
    return OidcProvider(client, http=httpx.Client(timeout=ASK_SECONDS, follow_redirects=False))


def read_roles(text: str) -> dict[str, Role]:
    """From `guards=operator, it=admin`. Raises InvalidInput."""
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        value, _, role = (word.strip() for word in part.rpartition("="))
        if not value or role not in list(Role):
            raise InvalidInput(f"MASKWATCH_OIDC_ROLES: {part!r} is not of the form VALUE=viewer, operator or admin")
        found[value] = Role(role)
    return found
