"""What is still known of how people look."""

from __future__ import annotations

from collections.abc import Collection

import structlog

from analyzer.sightings.look import Appearances
from common.appearances import recall
from common.errors import TransientError
from common.ports.coordination import Coordination

log = structlog.get_logger(__name__)


class Memory:
    """Asks Coordination; while that is away, people are followed by place and time alone."""

    def __init__(self, coordination: Coordination) -> None:
        self._coordination = coordination
        self._is_away = False

    def __call__(self, snapshot_ids: Collection[str]) -> Appearances:
        """Of each of these snapshots whose appearances are still kept, those of its faces."""
        try:
            found = recall(self._coordination, snapshot_ids)
        except TransientError as exc:
            if not self._is_away:
                log.warning("appearances.away", error=str(exc))
            self._is_away = True
            return {}
        self._is_away = False
        return found
