"""Rules of a console."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from console.api.shapes.rules import BacktestAnswer, ListedRuleAnswer, WarnedRuleAnswer, WholeRuleAnswer
from maskwatch.client.connection import Connection, named

TRY_SECONDS = 600.0  # a rule on a year of pictures


class Rules:
    """What to be told of; a rule's fields are those of docs/alerts.md."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[ListedRuleAnswer]:
        """All that one may see, by name."""
        return self._connection.pages(ListedRuleAnswer, "rules")

    def get(self, rule_id: str) -> WholeRuleAnswer:
        """One rule, with what is odd about it."""
        return self._connection.read(WholeRuleAnswer, "GET", named("rules/{}", rule_id))

    def add(self, **fields: Any) -> WarnedRuleAnswer:
        """One more; at least `name` and `condition`."""
        return self._connection.read(WarnedRuleAnswer, "POST", "rules", json=fields)

    def change(self, rule_id: str, **fields: Any) -> WarnedRuleAnswer:
        """Change what is named."""
        return self._connection.read(WarnedRuleAnswer, "PATCH", named("rules/{}", rule_id), json=fields)

    def remove(self, rule_id: str) -> None:
        """Forget it."""
        self._connection.request("DELETE", named("rules/{}", rule_id))

    def test(self, rule_id: str, **asked: Any) -> BacktestAnswer:
        """What it would have done; `asked`: from, to, cameras, rule (fields changed for the time being)."""
        path = named("rules/{}/test", rule_id)
        return self._connection.read(BacktestAnswer, "POST", path, json=asked, timeout=TRY_SECONDS)

    def test_draft(self, rule: dict[str, Any], **asked: Any) -> BacktestAnswer:
        """What a rule that is not saved would have done."""
        sent = {"rule": rule, **asked}
        return self._connection.read(BacktestAnswer, "POST", "rules/test", json=sent, timeout=TRY_SECONDS)
