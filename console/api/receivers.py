"""receivers and what was sent to them"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response

from common.domain.notification import NotificationState
from console.alert_history import message_json
from console.api.access import Admin, Desk, Operator, Viewer
from console.api.parameters import DEFAULT_LIMIT, After, Before, Cursor, Limit, listing
from console.messages import receivers_record, resend
from console.paging import newest_first
from console.receiver_form import ReceiverForm, receiver_json
from console.receivers import add_receiver, change_receiver, remove_receiver, try_receiver

router = APIRouter(tags=["receivers"])

Patch = Annotated[dict[str, Any], Body(examples=[{"enabled": False}], description="any fields of a receiver")]


@router.get("/receivers")
def list_receivers(console: Desk, _who: Viewer) -> dict[str, Any]:
    """All receivers, by name, with how the last message went (`last`); nobody is shown an address again."""
    with console.repository.begin() as unit:
        found = unit.receivers.list()
        record = receivers_record(unit, found, now=console.clock())
    return listing([{**receiver_json(one), **record[one.id]} for one in found], None)


@router.post("/receivers", status_code=201)
def add(form: ReceiverForm, response: Response, console: Desk, _who: Admin) -> dict[str, Any]:
    """Add a receiver; rules that name none tell it, too."""
    receiver = add_receiver(console, form)
    response.headers["Location"] = f"/api/v1/receivers/{receiver.id}"
    return receiver_json(receiver)


@router.get("/receivers/{receiver_id}")
def get_receiver(receiver_id: str, console: Desk, _who: Viewer) -> dict[str, Any]:
    """One receiver."""
    with console.repository.begin() as unit:
        return receiver_json(unit.receivers.get(receiver_id))


@router.patch("/receivers/{receiver_id}")
def change(receiver_id: str, patch: Patch, console: Desk, _who: Admin) -> dict[str, Any]:
    """Change the fields that are named; rules follow a new name."""
    return receiver_json(change_receiver(console, receiver_id, patch))


@router.delete("/receivers/{receiver_id}", status_code=204)
def remove(receiver_id: str, console: Desk, _who: Admin) -> None:
    """Forget it; what waits for it is given up."""
    remove_receiver(console, receiver_id)


@router.post("/receivers/{receiver_id}/test")
def test(receiver_id: str, console: Desk, who: Admin) -> dict[str, Any]:
    """Send it a test message now: whether it took it, else why not."""
    error = try_receiver(console, receiver_id, by=who.name)
    return {"delivered": error is None, "error": error}


@router.get("/notifications")
def list_notifications(
    console: Desk,
    _who: Viewer,
    receiver: str | None = None,
    state: NotificationState | None = None,
    after: After = None,
    before: Before = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Messages, newest first: sent, waiting (with the last error), given up."""
    with console.repository.begin() as unit:
        page, following = newest_first(
            lambda until, most: unit.notifications.list(
                receiver_id=receiver, state=state, after=after, before=until, limit=most
            ),
            time_of=lambda message: message.created_at,
            before=before,
            cursor=cursor,
            limit=limit,
        )
        receivers = {one.id: one for one in unit.receivers.list()}
    return listing([message_json(one, receivers.get(one.receiver_id)) for one in page], following)


@router.post("/notifications/{notification_id}/resend")
def send_again(notification_id: str, console: Desk, who: Operator) -> dict[str, Any]:
    """Try a message that was given up once more; it goes out within seconds."""
    message = resend(console, notification_id, by=who.name)
    with console.repository.begin() as unit:
        return message_json(message, unit.receivers.get(message.receiver_id))
