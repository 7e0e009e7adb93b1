"""What is done at the command line past the API, for the audit log."""

from __future__ import annotations

from collections.abc import Sequence

from common.domain.audit import AuditEntry
from console.context import Console
from maskwatch.in_process import COMMAND_LINE


def record(console: Console, action: str, *, target: str, fields: Sequence[str] = ()) -> None:
    """That it was done; named as the API's operation that does the same."""
    entry = AuditEntry(
        id=console.new_id(),
        at=console.clock(),
        by=COMMAND_LINE,
        user_id=COMMAND_LINE,
        action=action,
        target=target,
        fields=tuple(fields),
    )
    with console.repository.begin() as unit:
        unit.audit.add(entry)
