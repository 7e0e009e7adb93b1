"""Rules of a console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from console.api.shapes.rules import BacktestAnswer, ListedRuleAnswer, WarnedRuleAnswer, WarningsAnswer, WholeRuleAnswer
from maskwatch.client.connection import Connection, named
from maskwatch.client.errors import Interrupted, to_problem
from maskwatch.client.stream import read_events

SILENT_SECONDS = 60.0  # while a rule is tried, which takes minutes on a long past

OnProgress = Callable[[int, int], None]  # pictures that were looked through, of how many


def nobody_waits(_done: int, _all: int) -> None:
    """Where no progress is shown."""


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

    def check(self, **fields: Any) -> WarningsAnswer:
        """Whether such a rule can be saved, without saving it, and what is odd about it."""
        return self._connection.read(WarningsAnswer, "POST", "rules/check", json=fields)

    def change(self, rule_id: str, **fields: Any) -> WarnedRuleAnswer:
        """Change what is named."""
        return self._connection.read(WarnedRuleAnswer, "PATCH", named("rules/{}", rule_id), json=fields)

    def remove(self, rule_id: str) -> None:
        """Forget it."""
        self._connection.request("DELETE", named("rules/{}", rule_id))

    def test(self, rule_id: str, *, on_progress: OnProgress = nobody_waits, **asked: Any) -> BacktestAnswer:
        """What it would have done; `asked`: from, to, cameras, rule (fields changed for the time being)."""
        return self._test(named("rules/{}/test", rule_id), asked, on_progress)

    def test_draft(
        self, rule: dict[str, Any], *, on_progress: OnProgress = nobody_waits, **asked: Any
    ) -> BacktestAnswer:
        """What a rule that is not saved would have done."""
        return self._test("rules/test", {"rule": rule, **asked}, on_progress)

    def _test(self, path: str, body: dict[str, Any], on_progress: OnProgress) -> BacktestAnswer:
        with self._connection.stream(
            "POST", path, json=body, headers={"Accept": "text/event-stream"}, timeout=SILENT_SECONDS
        ) as response:
            for kind, said in read_events(response.iter_lines()):
                if kind == "progress":
                    on_progress(said["done"], said["all"])
                elif kind == "result":
                    return BacktestAnswer.model_validate(said)
                elif kind == "problem":
                    raise to_problem(said["status"], said)
        raise Interrupted(f"the console at {self._connection.address} ended before it was done")
