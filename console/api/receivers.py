"""receivers and what was sent to them"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Response

from common.domain.notification import NotificationState
from common.domain.user import Area, Role
from console import receivers
from console.alert_history import message_json
from console.api.access import Desk, require
from console.api.answers import Page, answers
from console.api.parameters import DEFAULT_LIMIT, After, Before, Cursor, Limit, listing
from console.api.shapes.alerts import MessageAnswer
from console.api.shapes.receivers import DeliveryAnswer, ListedReceiverAnswer, ReceiverAnswer
from console.auth import Identity
from console.messages import receivers_record, resend
from console.paging import newest_first
from console.receiver_form import ReceiverForm, receiver_json

router = APIRouter(tags=["receivers"])

Viewer = Annotated[Identity, Depends(require(Role.VIEWER, Area.RECEIVERS))]
Onlooker = Annotated[Identity, Depends(require(Role.VIEWER, Area.RECEIVERS, everywhere=True))]
Operator = Annotated[Identity, Depends(require(Role.OPERATOR, Area.RECEIVERS, everywhere=True))]
Admin = Annotated[Identity, Depends(require(Role.ADMIN, Area.RECEIVERS, everywhere=True))]

UNTOLD: dict[str, Any] = {"last": None, "sent_today": None}

Patch = Annotated[dict[str, Any], Body(examples=[{"enabled": False}], description="any fields of a receiver")]


@router.get("/receivers", responses=answers(Page[ListedReceiverAnswer]))
def list_receivers(console: Desk, who: Viewer) -> dict[str, Any]:
    """All receivers, by name, with how the last message went (`last`); nobody is shown an address again.

    Whoever sees some sites only is not told what was sent: it tells of the others.
    """
    with console.repository.begin() as unit:
        found = unit.receivers.list()
        record = {} if who.reach.is_limited else receivers_record(unit, found, now=console.clock())
    return listing([{**receiver_json(one), **record.get(one.id, UNTOLD)} for one in found], None)


@router.post("/receivers", status_code=201, responses=answers(ReceiverAnswer, 409, status=201))
def add_receiver(form: ReceiverForm, response: Response, console: Desk, _who: Admin) -> dict[str, Any]:
    """Add a receiver; rules that name none tell it, too."""
    receiver = receivers.add_receiver(console, form)
    response.headers["Location"] = f"/api/v1/receivers/{receiver.id}"
    return receiver_json(receiver)


@router.get("/receivers/{receiver_id}", responses=answers(ReceiverAnswer))
def get_receiver(receiver_id: str, console: Desk, _who: Viewer) -> dict[str, Any]:
    """One receiver."""
    with console.repository.begin() as unit:
        return receiver_json(unit.receivers.get(receiver_id))


@router.patch("/receivers/{receiver_id}", responses=answers(ReceiverAnswer, 409))
def change_receiver(receiver_id: str, patch: Patch, console: Desk, _who: Admin) -> dict[str, Any]:
    """Change the fields that are named; rules follow a new name."""
    return receiver_json(receivers.change_receiver(console, receiver_id, patch))


@router.delete("/receivers/{receiver_id}", status_code=204)
def remove_receiver(receiver_id: str, console: Desk, _who: Admin) -> None:
    """Forget it; what waits for it is given up."""
    receivers.remove_receiver(console, receiver_id)


@router.post("/receivers/{receiver_id}/test", responses=answers(DeliveryAnswer))
def try_receiver(receiver_id: str, console: Desk, who: Admin) -> dict[str, Any]:
    """Send it a test message now: whether it took it, else why not."""
    error = receivers.try_receiver(console, receiver_id, by=who.name)
    return {"delivered": error is None, "error": error}


@router.get("/notifications", responses=answers(Page[MessageAnswer]))
def list_notifications(
    console: Desk,
    _who: Onlooker,
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
        known = {one.id: one for one in unit.receivers.list()}
    return listing([message_json(one, known.get(one.receiver_id)) for one in page], following)


@router.post("/notifications/{notification_id}/resend", responses=answers(MessageAnswer, 409))
def send_again(notification_id: str, console: Desk, who: Operator) -> dict[str, Any]:
    """Try a message that was given up once more; it goes out within seconds."""
    message = resend(console, notification_id, by=who.name)
    with console.repository.begin() as unit:
        return message_json(message, unit.receivers.get(message.receiver_id))
