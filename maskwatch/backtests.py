"""Settings -> rules tried on the past; what tries them is loaded with the first one."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

from common.adapters.open import open_repository
from common.domain.backtest import Backtest
from common.domain.rule import Rule
from common.errors import Overloaded
from common.settings import Settings
from console.backtesting import OnProgress, nobody_waits

BUSY_SECONDS = 10.0


class Backtests:
    """See console/backtesting.py. Opens the database by itself, for so does every process that it starts."""

    def __init__(self, settings: Settings, *, keys: Sequence[str] = ()) -> None:
        self._open = partial(open_repository, settings.database_url, keys=keys)
        self._is_free = threading.Lock()

    def __call__(
        self,
        rule: Rule,
        *,
        start: datetime,
        end: datetime,
        camera_ids: Collection[str] = (),
        on_progress: OnProgress = nobody_waits,
    ) -> Backtest:
        """See console/backtesting.py."""
        from analyzer.backtest.run import run_backtest

        if not self._is_free.acquire(blocking=False):
            raise Overloaded("another rule is being tried on the past", retry_after_seconds=BUSY_SECONDS)
        try:
            return run_backtest(
                rule,
                open_repository=self._open,
                start=start,
                end=end,
                camera_ids=camera_ids,
                on_progress=on_progress,
            )
        finally:
            self._is_free.release()
