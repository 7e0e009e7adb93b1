"""The keys of an installation: from the settings, or made once and kept in its data folder."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from common.errors import InvalidInput
from common.settings import Settings

KEY_BYTES = 32  # random ones: as many as the strongest cipher's key has


def new_key() -> str:
    """Text that nobody can guess, safe in `.env`, on a command line and between commas."""
    return secrets.token_urlsafe(KEY_BYTES)


def encryption_keys(settings: Settings) -> list[str]:
    """What seals the secrets in the database, the newest first.

    Raises InvalidInput when none is given for a database that several services share: each would make its own.
    """
    given = settings.encryption_key.get_secret_value()
    if not given and not settings.database_url.startswith("sqlite"):
        raise InvalidInput(
            "MASKWATCH_ENCRYPTION_KEY is empty: a database that is not embedded needs one, the same for all services; "
            "`maskwatch config key` makes it"
        )
    text = given or kept_key(settings.data / "encryption.key")
    return [key.strip() for key in text.split(",") if key.strip()]


def kept_key(path: Path) -> str:
    """The key in the file; made, readable by its owner alone, when there is none. Several processes get the same.

    Raises InvalidInput when it can neither be read nor made.
    """
    try:
        if not path.exists():
            _make(path)
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise InvalidInput(f"cannot read or make the key {path}: {getattr(exc, 'strerror', None) or exc}") from exc


def _make(path: Path) -> None:
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    fresh.touch(mode=0o600)
    try:
        fresh.write_text(new_key() + "\n", encoding="ascii")
        with suppress(FileExistsError):  # another was first
            os.link(fresh, path)  # whole or not at all
    finally:
        fresh.unlink()
