"""Users and tokens, on every repository."""

from __future__ import annotations

from dataclasses import replace

import pytest
from repository_values import (
    NOON,
    SECOND,
    TOKEN,
    USER,
)

from common.domain.user import Role, TokenKind
from common.errors import Conflict, NotFound
from common.ports.repository import Repository


class TestUsers:
    def test_users_are_found_by_name_and_id(self, repository: Repository) -> None:
        other = replace(USER, id="other", name="bob", subject="")
        with repository.begin() as unit:
            unit.users.save(other)
            unit.users.save(USER)
            unit.users.save(replace(USER, role=Role.ADMIN))
        with repository.begin() as unit:
            assert unit.users.find("ada") == unit.users.get("user") == replace(USER, role=Role.ADMIN)
            assert [user.name for user in unit.users.all()] == ["ada", "bob"]
            assert unit.users.find("eve") is None
            assert unit.users.find_subject(USER.subject) == unit.users.get("user")
            assert unit.users.find_subject("") is unit.users.find_subject("https://login.example 7") is None
            with pytest.raises(NotFound):
                unit.users.get("never")

    def test_a_name_in_use_is_a_conflict(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.users.save(USER)
        with pytest.raises(Conflict, match="ada"), repository.begin() as unit:
            unit.users.save(replace(USER, id="other"))

    def test_tokens_are_found_by_the_hash_of_their_secret(self, repository: Repository) -> None:
        session = replace(TOKEN, id="session", kind=TokenKind.SESSION, secret_hash="cd" * 32, expires_at=NOON)
        with repository.begin() as unit:
            unit.users.save(USER)
            unit.users.add_token(TOKEN)
            unit.users.add_token(session)
        with repository.begin() as unit:
            assert unit.users.find_token("ab" * 32) == TOKEN
            assert unit.users.find_token("00" * 32) is None
            assert unit.users.tokens(kind=TokenKind.API, user_id="user") == [TOKEN]
            assert unit.users.tokens(kind=TokenKind.SESSION) == [session]
            assert unit.users.tokens(kind=TokenKind.API, user_id="other") == []
            used = replace(TOKEN, used_at=NOON + SECOND)
            unit.users.save_token(used)
            assert unit.users.find_token("ab" * 32) == used
            assert unit.users.remove_expired_tokens(NOON) == 1
            unit.users.remove_token("token")
            unit.users.remove_token("token")
            unit.users.save_token(used)
            assert unit.users.find_token("ab" * 32) is None

    def test_a_removed_user_takes_their_tokens(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.users.save(USER)
            unit.users.add_token(TOKEN)
            unit.users.remove("user")
            assert unit.users.find_token("ab" * 32) is None
            with pytest.raises(NotFound):
                unit.users.remove("user")

    def test_nobody_holds_a_token_without_being_a_user(self, repository: Repository) -> None:
        with pytest.raises(Conflict), repository.begin() as unit:
            unit.users.add_token(TOKEN)

    def test_a_person_of_an_identity_provider_is_one_user(self, repository: Repository) -> None:
        with repository.begin() as unit:
            unit.users.save(USER)
        with pytest.raises(Conflict), repository.begin() as unit:
            unit.users.save(replace(USER, id="other", name="bob"))
