"""`maskwatch receivers`: who is told, and how."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from common.domain.notification import NotificationState
from common.domain.receiver import Digest, ReceiverKind
from common.errors import InvalidInput
from common.ports.repository import Repository
from console.alert_history import message_json
from console.forms import validate
from console.receiver_form import ReceiverForm, receiver_json
from console.receivers import add_receiver, change_receiver, remove_receiver, try_receiver
from maskwatch.cli.output import AsJson, print_one, print_rows
from maskwatch.cli.state import console

receivers_app = typer.Typer(help="Who is told, and how.", no_args_is_help=True)

NameOrId = Annotated[str, typer.Argument(metavar="RECEIVER", help="Its name or id.")]
Kind = Annotated[ReceiverKind | None, typer.Option(help="How it is told; by the URL's scheme when not given.")]
Secret = Annotated[str | None, typer.Option(help="Signs webhooks (HMAC-SHA256).", envvar="MASKWATCH_RECEIVER_SECRET")]
Language = Annotated[str | None, typer.Option(help="en or zh.")]
Zone = Annotated[str | None, typer.Option("--timezone", help="Times are told in it, such as Europe/Berlin.")]
PerMinute = Annotated[float | None, typer.Option(help="Most messages in a minute; 0: any number.")]
DigestOption = Annotated[Digest | None, typer.Option(help="How often it gets the statistics.")]
DigestHour = Annotated[int | None, typer.Option(help="At which hour, in its time zone.")]
Picture = Annotated[bool | None, typer.Option("--picture/--no-picture", help="Whether messages hold a picture.")]
COLUMNS = ("id", "name", "kind", "url", "language", "per_minute", "digest", "timezone", "enabled")
MESSAGE_COLUMNS = ("created_at", "kind", "receiver", "state", "attempts", "sent_at", "error")


@receivers_app.command("list")
def list_receivers(as_json: AsJson = False) -> None:
    """List the receivers; their addresses are secret."""
    with console() as context, context.repository.begin() as unit:
        rows = [receiver_json(receiver) for receiver in unit.receivers.list()]
    print_rows(rows, columns=COLUMNS, as_json=as_json, empty="nobody is told yet: maskwatch receivers add")


@receivers_app.command("show")
def show(receiver: NameOrId, as_json: AsJson = False) -> None:
    """Show one receiver."""
    with console() as context:
        receiver_id = _find(context.repository, receiver)
        with context.repository.begin() as unit:
            print_one(receiver_json(unit.receivers.get(receiver_id)), as_json=as_json)


@receivers_app.command("add")
def add(
    url: Annotated[str, typer.Argument(help="An Apprise, webhook or MQTT URL; - reads it from standard input.")],
    name: Annotated[str, typer.Option(help="What to call it.")],
    kind: Kind = None,
    secret: Secret = None,
    language: Language = None,
    timezone: Zone = None,
    per_minute: PerMinute = None,
    digest: DigestOption = None,
    digest_hour: DigestHour = None,
    picture: Picture = None,
) -> None:
    """Add a receiver: mailto://, tgram://, slack:// and some 150 more (Apprise), https:// (webhook), mqtt://."""
    address = _address(url)
    given = _given(
        address, kind or _kind(address), secret, language, timezone, per_minute, digest, digest_hour, picture
    )
    with console() as context:
        receiver = add_receiver(context, validate(ReceiverForm, {"name": name, **given}))
    print(f"{receiver.id}  {receiver.name}")


@receivers_app.command("edit")
def edit(
    receiver: NameOrId,
    url: Annotated[str | None, typer.Option(help="Its new address; - reads it from standard input.")] = None,
    name: Annotated[str | None, typer.Option(help="What to call it; rules follow.")] = None,
    kind: Kind = None,
    secret: Secret = None,
    language: Language = None,
    timezone: Zone = None,
    per_minute: PerMinute = None,
    digest: DigestOption = None,
    digest_hour: DigestHour = None,
    picture: Picture = None,
    enabled: Annotated[bool | None, typer.Option("--enable/--disable", help="Whether it is told.")] = None,
) -> None:
    """Change what is given; the rest stays."""
    address = _address(url) if url is not None else None
    given = _given(address, kind, secret, language, timezone, per_minute, digest, digest_hour, picture)
    given |= {"name": name} if name is not None else {}
    given |= {"enabled": enabled} if enabled is not None else {}
    with console() as context:
        changed = change_receiver(context, _find(context.repository, receiver), given)
    print(f"{changed.name} changed")


@receivers_app.command("remove")
def remove(receiver: NameOrId, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Forget a receiver; what waits for it is given up."""
    with console() as context:
        receiver_id = _find(context.repository, receiver)
        if not yes:
            typer.confirm(f"Remove {receiver}?", abort=True)
        naming = remove_receiver(context, receiver_id)
    print(f"{receiver} removed" + (f"; rules that still name it: {', '.join(naming)}" if naming else ""))


@receivers_app.command("test")
def test(receiver: NameOrId) -> None:
    """Send it a test message now."""
    with console() as context:
        error = try_receiver(context, _find(context.repository, receiver), by="cli")
    if error is not None:
        print(error, file=sys.stderr)
        raise typer.Exit(1)
    print(f"{receiver} took it")


@receivers_app.command("history")
def history(
    state: Annotated[NotificationState | None, typer.Option(help="Only messages in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List messages: sent, waiting (with the last error), given up."""
    with console() as context, context.repository.begin() as unit:
        names = {receiver.id: receiver for receiver in unit.receivers.list()}
        found = unit.notifications.list(state=state, limit=limit)
        rows = [message_json(one, names.get(one.receiver_id)) for one in found]
    print_rows(rows, columns=MESSAGE_COLUMNS, as_json=as_json, empty="no messages")


def _address(url: str) -> str:
    """From standard input on request: what is typed as an argument stays in the shell's history."""
    return sys.stdin.readline().strip() if url == "-" else url


def _kind(url: str) -> ReceiverKind:
    scheme = url.partition("://")[0].lower()
    kinds = {"mqtt": ReceiverKind.MQTT, "mqtts": ReceiverKind.MQTT}
    return kinds.get(scheme, ReceiverKind.WEBHOOK if scheme in ("http", "https") else ReceiverKind.APPRISE)


def _find(repository: Repository, name_or_id: str) -> str:
    with repository.begin() as unit:
        receivers = unit.receivers.list()
    for receiver in receivers:
        if name_or_id in (receiver.id, receiver.name):
            return receiver.id
    there = ", ".join(receiver.name for receiver in receivers) or "none yet"
    raise InvalidInput(f"there is no receiver {name_or_id!r}; there are: {there}")


def _given(
    url: str | None,
    kind: ReceiverKind | None,
    secret: str | None,
    language: str | None,
    timezone: str | None,
    per_minute: float | None,
    digest: Digest | None,
    digest_hour: int | None,
    picture: bool | None,
) -> dict[str, Any]:
    fields = {
        "url": url,
        "kind": kind,
        "secret": secret,
        "language": language,
        "timezone": timezone,
        "per_minute": per_minute,
        "digest": digest,
        "digest_hour": digest_hour,
        "with_picture": picture,
    }
    return {name: value for name, value in fields.items() if value is not None}
