"""What people said of faces is not kept for ever either."""

from __future__ import annotations

from datetime import datetime

from analyzer.upkeep.pages import PAGE, GoOn
from common.ports.repository import Repository
from common.ports.store import ObjectStore

COUNTED = 100_000  # most that a dry run tells of


def forget_feedback(
    repository: Repository, store: ObjectStore, *, before: datetime, is_dry_run: bool, go_on: GoOn
) -> int:
    """Remove what was said before, with the crops; how many.

    The crops go first, unlike snapshots: nothing else would find one that no row names.
    """
    if is_dry_run:
        with repository.begin() as unit:
            return len(unit.feedback.list(before=before, limit=COUNTED))
    total = 0
    while go_on():
        with repository.begin() as unit:
            old = unit.feedback.list(before=before, limit=PAGE)
        store.delete([said.crop_key for said in old if said.crop_key])
        with repository.begin() as unit:
            unit.feedback.remove(said.id for said in old)
        total += len(old)
        if len(old) < PAGE:
            break
    return total
