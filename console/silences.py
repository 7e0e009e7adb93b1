"""Times in which nobody wants to be told."""

from __future__ import annotations

from dataclasses import replace

import structlog

from common.domain.silence import Silence
from common.domain.user import Reach
from common.errors import InvalidInput
from console.context import Console
from console.reach import EVERYWHERE, check_named, check_own
from console.silence_form import SilenceForm

log = structlog.get_logger(__name__)


def add_silence(console: Console, form: SilenceForm, *, by: str, reach: Reach = EVERYWHERE) -> Silence:
    """Silence what the form names.

    Raises InvalidInput for times that make no sense, NotFound for ids of nothing, NotAllowed for what is out of reach.
    """
    try:
        silence = form.to_silence(silence_id=console.new_id(), by=by, now=console.clock())
    except ValueError as exc:
        raise InvalidInput(str(exc)) from exc
    with console.repository.begin() as unit:
        check_named(unit, reach, silence)
        for rule_id in silence.rules:
            unit.rules.get(rule_id)
        for camera_id in silence.cameras:
            unit.cameras.get(camera_id)
        unit.silences.save(silence)
    log.info("silence.added", silence_id=silence.id, user=by, until=silence.ends_at.isoformat())
    return silence


def end_silence(console: Console, silence_id: str, *, by: str, reach: Reach = EVERYWHERE) -> None:
    """End it now; one that has not begun is forgotten. Raises NotFound, NotAllowed."""
    now = console.clock()
    with console.repository.begin() as unit:
        silence = unit.silences.get(silence_id)
        check_own(unit, reach, silence)
        if silence.starts_at >= now:
            unit.silences.remove(silence_id)
        elif silence.ends_at > now:  # kept: it explains why somebody was not told
            unit.silences.save(replace(silence, ends_at=now))
    log.info("silence.ended", silence_id=silence_id, user=by)
