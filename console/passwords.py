"""Passwords: how they are kept, and which are refused."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from common.errors import InvalidInput, Overloaded

PASSWORD_LENGTH = 8  # characters at least, as NIST SP 800-63B asks
PARALLEL_CHECKS = 2  # of argon2id, each of which takes 64 MiB and a core for some 50 ms
WAIT_SECONDS = 5.0  # for one's turn: longer queues are turned away

# What people type to be done with it, of those that are long enough; lower case.
COMMON = frozenset(
    """
    password password1 password123 passw0rd p@ssw0rd p@ssword 12345678 123456789 1234567890 87654321 11111111 00000000
    12341234 88888888 qwertyui qwertyuiop qwerty123 1q2w3e4r 1q2w3e4r5t 1qaz2wsx zaq12wsx asdfghjk asdfghjkl abcd1234
    abc12345 a1b2c3d4 iloveyou sunshine princess football baseball superman trustno1 welcome1 welcome123 letmein1
    admin123 admin1234 administrator changeme changeme1 default1 computer internet maskwatch maskwatch1 woaini1314
    5201314520 147258369 123123123 987654321 qazwsxedc
    """.split()  # noqa: SIM905  # words read better
)

_hasher = PasswordHasher()
_checks = threading.BoundedSemaphore(PARALLEL_CHECKS)
# Checked when the name is unknown, so that the answer takes as long as for a known one.
_NOBODY = _hasher.hash(secrets.token_urlsafe(32))


def generate_password() -> str:
    """One that nobody guesses: 96 bits, 16 characters."""
    return secrets.token_urlsafe(12)


def hash_password(password: str) -> str:
    """As it is stored: argon2id with a salt of its own. Raises Overloaded."""
    with one_check():
        return _hasher.hash(password)


def fits(password_hash: str | None, password: str) -> bool:
    """Whether it is the password; takes as long when there is none to compare with. Only inside of `one_check`."""
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


@contextmanager
def one_check() -> Iterator[None]:
    """One's turn to compute: many at once would take all memory. Raises Overloaded."""
    if not _checks.acquire(timeout=WAIT_SECONDS):
        raise Overloaded("Too many people log in at this moment.", retry_after_seconds=WAIT_SECONDS)
    try:
        yield
    finally:
        _checks.release()


def refuse_weak(password: str, *, name: str) -> None:
    """Raises InvalidInput for a password that is too short, too common, or the user's name."""
    if len(password) < PASSWORD_LENGTH:
        raise InvalidInput(f"a password needs at least {PASSWORD_LENGTH} characters")
    plain = password.strip().lower()
    if plain in COMMON or len(set(plain)) < 3:
        raise InvalidInput("this password is among the first that anybody tries")
    if plain == name.strip().lower():
        raise InvalidInput("a password must not be the user's name")
