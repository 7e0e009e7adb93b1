"""How the people of a picture look, left for whoever follows them from picture to picture."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from common.appearances import remember
from common.errors import TransientError
from common.ports.coordination import Coordination

log = structlog.get_logger(__name__)


class Notes:
    """In Coordination, for minutes. Where that is away, people are followed without: no job waits for it."""

    def __init__(self, coordination: Coordination) -> None:
        self._coordination = coordination
        self._is_away = False

    def leave(self, snapshot_id: str, appearances: Sequence[bytes]) -> None:
        """Of the faces of a snapshot, in their order; nothing to leave for a picture without faces."""
        if not appearances:
            return
        try:
            remember(self._coordination, snapshot_id, appearances)
        except TransientError as exc:
            if not self._is_away:
                log.warning("appearances.away", error=str(exc))
            self._is_away = True
        else:
            self._is_away = False
