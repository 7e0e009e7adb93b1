"""Adding, changing, trying and removing receivers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog

from common.domain.receiver import Receiver
from common.domain.sealed import UNREADABLE, WHY_UNREADABLE
from common.errors import MaskwatchError
from common.ports.repository import Unit
from console.context import Console
from console.errors import FieldError, InvalidForm
from console.forms import validate
from console.receiver_form import HIDDEN, ReceiverForm, receiver_fields, receiver_json

log = structlog.get_logger(__name__)


def add_receiver(console: Console, form: ReceiverForm) -> Receiver:
    """Add it; from now on it is told. Raises Conflict for a name in use, InvalidForm for a URL that nobody knows."""
    receiver = form.to_receiver(receiver_id=console.new_id(), created_at=console.clock())
    _check(console, receiver)
    with console.repository.begin() as unit:
        unit.receivers.add(receiver)
    log.info("receiver.added", receiver_id=receiver.id, receiver=receiver.name, kind=receiver.kind.value)
    return receiver


def change_receiver(console: Console, receiver_id: str, patch: dict[str, Any]) -> Receiver:
    """Change the fields named; rules follow a new name. Raises NotFound, Conflict, InvalidForm."""
    with console.repository.begin() as unit:
        wanted = _patched(unit.receivers.get(receiver_id), patch)
    _check(console, wanted)  # asks the resolver: not inside a transaction
    with console.repository.begin() as unit:
        old = unit.receivers.get(receiver_id)
        receiver = _patched(old, patch)
        unit.receivers.update(receiver)
        if receiver.name != old.name:
            _rename_in_rules(unit, old.name, receiver.name)
    log.info("receiver.changed", receiver_id=receiver_id, fields=sorted(patch))
    return receiver


def remove_receiver(console: Console, receiver_id: str) -> list[str]:
    """Forget it; the names of rules that still name it, and tell nobody in its place. Raises NotFound."""
    with console.repository.begin() as unit:
        name = unit.receivers.get(receiver_id).name
        unit.receivers.remove(receiver_id)
        naming = [rule.name for rule in unit.rules.list() if name in (*rule.receivers, *rule.escalate_to)]
    log.info("receiver.removed", receiver_id=receiver_id, named_by=naming)
    return naming


def try_receiver(console: Console, receiver_id: str, *, by: str) -> str | None:
    """Send it a test message now; None once it took it, else why it did not. Raises NotFound."""
    with console.repository.begin() as unit:
        receiver = unit.receivers.get(receiver_id)
    try:
        console.messenger.test(receiver)
    except MaskwatchError as exc:
        log.warning("receiver.test_failed", receiver_id=receiver_id, user=by, error=str(exc))
        return str(exc)
    log.info("receiver.tested", receiver_id=receiver_id, user=by)
    return None


def _patched(old: Receiver, patch: dict[str, Any]) -> Receiver:
    if patch.get("url") == receiver_json(old)["url"]:  # as it was shown, with ***: it stays
        patch = {name: value for name, value in patch.items() if name != "url"}
    form = validate(ReceiverForm, receiver_fields(old) | patch)
    return form.to_receiver(receiver_id=old.id, created_at=old.created_at)


def _check(console: Console, receiver: Receiver) -> None:
    if receiver.url == UNREADABLE:
        raise InvalidForm([FieldError(field="url", message=f"{WHY_UNREADABLE}; give it again, or put the key back")])
    if receiver.url.endswith(f"://{HIDDEN}"):
        raise InvalidForm([FieldError(field="url", message="has *** where the address belongs: give it again")])
    try:
        console.messenger.check(receiver)
    except MaskwatchError as exc:
        raise InvalidForm([FieldError(field="url", message=str(exc))]) from exc


def _rename_in_rules(unit: Unit, old: str, new: str) -> None:
    for rule in unit.rules.list():
        if old in (*rule.receivers, *rule.escalate_to):
            receivers = tuple(new if name == old else name for name in rule.receivers)
            escalate_to = tuple(new if name == old else name for name in rule.escalate_to)
            unit.rules.update(replace(rule, receivers=receivers, escalate_to=escalate_to))
