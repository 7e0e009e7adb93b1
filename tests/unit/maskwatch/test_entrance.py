"""The doors of the console, as settings describe them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from common.domain.user import Role
from common.errors import InvalidInput
from common.settings import Settings
from maskwatch.entrance import identity_provider, read_proxies, read_roles, session_key

SHARED = {
    "broker": "amqp://rabbit/",
    "database": "postgresql+psycopg2://postgres/maskwatch",
    "coordination": "redis://redis/0",
}


def settings(tmp_path: Path, **given: Any) -> Settings:
    return Settings(**{"data": tmp_path, "secret_key": "", **given})


def test_alone_a_key_is_made_once_and_kept_for_its_owner(tmp_path: Path) -> None:
    alone = settings(tmp_path)
    assert session_key(alone) == session_key(alone)
    assert len(session_key(alone)) >= 32
    assert (tmp_path / "secret.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("part", SHARED)
def test_beside_a_server_of_its_own_a_console_needs_the_key_that_all_have(tmp_path: Path, part: str) -> None:
    with pytest.raises(InvalidInput, match=r"MASKWATCH_SECRET_KEY is empty.*maskwatch config key"):
        session_key(settings(tmp_path, **{part: SHARED[part]}))
    assert not (tmp_path / "secret.key").exists()
    assert session_key(settings(tmp_path, **SHARED, secret_key="k" * 32)) == "k" * 32


def test_a_key_that_can_be_guessed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="at least 16 characters") as refused:
        session_key(settings(tmp_path, secret_key="changeme"))
    assert "changeme" not in str(refused.value)


def test_roles_are_read() -> None:
    assert read_roles("guards=operator, it = admin") == {"guards": Role.OPERATOR, "it": Role.ADMIN}
    assert read_roles("") == {}


@pytest.mark.parametrize("text", ["guards", "guards=god", "=admin"])
def test_roles_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="MASKWATCH_OIDC_ROLES"):
        read_roles(text)


def test_proxies_are_of_this_machine_unless_others_are_named(tmp_path: Path) -> None:
    proxies = read_proxies(settings(tmp_path))
    assert [proxies.trusts(address) for address in ("127.0.0.1", "::1", "10.0.0.1", "nonsense")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert read_proxies(settings(tmp_path, trusted_proxies="10.0.0.0/8")).trusts("10.0.0.1")


def test_an_identity_provider_is_reached_safely(tmp_path: Path) -> None:
    assert identity_provider(settings(tmp_path)) is None
    with pytest.raises(InvalidInput, match="must be https"):
        identity_provider(settings(tmp_path, oidc_issuer="http://idp.example", oidc_client_id="m"))
    with pytest.raises(InvalidInput, match="MASKWATCH_OIDC_CLIENT_ID is empty"):
        identity_provider(settings(tmp_path, oidc_issuer="https://idp.example"))
    known = {"oidc_issuer": "https://idp.example/main", "oidc_client_id": "m"}
    with pytest.raises(InvalidInput, match="everybody whom the provider knows"):
        identity_provider(settings(tmp_path, **known))
    provider = identity_provider(settings(tmp_path, **known, oidc_roles="guards=viewer"))
    assert provider is not None
    assert provider.host == "idp.example"
