"""Which version answers is a value: every change gives a new one, and says who made it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from common.errors import Conflict, InvalidInput, NotFound
from model_api.aliases import HISTORY_LIMIT, PREVIOUS_LIMIT, Aliases, chosen_challenger

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
EMPTY = Aliases()


def _challenge(known: Aliases, version: str) -> Aliases:
    return known.challenge("net", version, incumbent="1", at=NOW, by="ann")


def _promote(known: Aliases, version: str, incumbent: str | None = "1") -> Aliases:
    return known.promote("net", version, incumbent=incumbent, at=NOW, by="ann")


def _rollback(known: Aliases) -> Aliases:
    return known.rollback("net", at=NOW, by="bob")


def test_a_challenger_leaves_the_champion_in_its_place() -> None:
    known = _challenge(EMPTY, "2")
    assert (known.champions, known.challengers) == ({"net": "1"}, {"net": "2"})
    assert not EMPTY.models


def test_a_champion_cannot_challenge_itself() -> None:
    with pytest.raises(Conflict, match="net/2 is the champion"):
        _challenge(_promote(EMPTY, "2"), "2")


def test_a_promoted_challenger_challenges_no_more() -> None:
    known = _promote(_challenge(EMPTY, "2"), "2")
    assert (known.champions, known.challengers) == ({"net": "2"}, {})


def test_another_promotion_leaves_the_challenger() -> None:
    known = _promote(_challenge(EMPTY, "2"), "3")
    assert (known.champions, known.challengers) == ({"net": "3"}, {"net": "2"})


def test_a_champion_is_not_promoted_again() -> None:
    with pytest.raises(Conflict, match="already"):
        _promote(_promote(EMPTY, "2"), "2")


def test_the_only_version_can_be_chosen_and_has_nothing_to_go_back_to() -> None:
    known = _promote(EMPTY, "1", incumbent=None)
    assert known.champions == {"net": "1"}
    with pytest.raises(NotFound, match="no earlier champion"):
        _rollback(known)


def test_rollbacks_go_back_one_champion_each() -> None:
    known = _promote(_promote(EMPTY, "2"), "3")
    assert known.previous("net") == "2"
    once = _rollback(known)
    twice = _rollback(once)
    assert (once.champions, twice.champions) == ({"net": "2"}, {"net": "1"})
    with pytest.raises(NotFound):
        _rollback(twice)


def test_who_is_gone_back_to_challenges_no_more() -> None:
    known = _rollback(_challenge(_promote(EMPTY, "2"), "1"))
    assert (known.champions, known.challengers) == ({"net": "1"}, {})


def test_the_history_says_who_changed_what_from_which_version_to_which() -> None:
    known = _rollback(_promote(_challenge(EMPTY, "2"), "2"))
    changes = [(change.by, change.action, change.before, change.after) for change in known.history]
    assert changes == [("ann", "challenge", None, "2"), ("ann", "promote", "1", "2"), ("bob", "rollback", "2", "1")]
    assert known.history[0].at == NOW


def test_history_and_earlier_champions_do_not_grow_without_end() -> None:
    known = EMPTY
    for version in range(2, HISTORY_LIMIT + 4):
        known = _promote(known, str(version))
    assert len(known.history) == HISTORY_LIMIT
    assert len(known.models["net"].previous) == PREVIOUS_LIMIT
    assert known.previous("net") == str(HISTORY_LIMIT + 2)


def test_without_a_challenger_the_version_must_be_named() -> None:
    assert chosen_challenger(_challenge(EMPTY, "2"), "net") == "2"
    with pytest.raises(InvalidInput, match="name the version"):
        chosen_challenger(EMPTY, "net")
