"""`maskwatch receivers`: who is told, and how."""

from __future__ import annotations

import sys
from itertools import islice
from typing import Annotated, Any

import typer

from common.domain.notification import NotificationState
from common.domain.receiver import Digest, ReceiverKind
from maskwatch.cli.desk import desk
from maskwatch.cli.finding import find_receiver
from maskwatch.cli.output import AsJson, print_one, print_rows, row_of

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
    with desk() as api:
        rows = [row_of(receiver) for receiver in api.receivers.list()]
    print_rows(rows, columns=COLUMNS, as_json=as_json, empty="nobody is told yet: maskwatch receivers add")


@receivers_app.command("show")
def show(receiver: NameOrId, as_json: AsJson = False) -> None:
    """Show one receiver."""
    with desk() as api:
        print_one(row_of(find_receiver(api, receiver)), as_json=as_json)


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
    with desk() as api:
        receiver = api.receivers.add(name=name, **given)
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
    with desk() as api:
        changed = api.receivers.change(find_receiver(api, receiver).id, **given)
    print(f"{changed.name} changed")


@receivers_app.command("remove")
def remove(receiver: NameOrId, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Forget a receiver; what waits for it is given up."""
    with desk() as api:
        found = find_receiver(api, receiver)
        if not yes:
            typer.confirm(f"Remove {receiver}?", abort=True)
        api.receivers.remove(found.id)
        naming = [rule.name for rule in api.rules.list() if found.name in (*rule.receivers, *rule.escalate_to)]
    print(f"{receiver} removed" + (f"; rules that still name it: {', '.join(naming)}" if naming else ""))


@receivers_app.command("test")
def test(receiver: NameOrId) -> None:
    """Send it a test message now."""
    with desk() as api:
        said = api.receivers.test(find_receiver(api, receiver).id)
    if not said.delivered:
        print(said.error, file=sys.stderr)
        raise typer.Exit(1)
    print(f"{receiver} took it")


@receivers_app.command("history")
def history(
    state: Annotated[NotificationState | None, typer.Option(help="Only messages in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List messages: sent, waiting (with the last error), given up."""
    with desk() as api:
        rows = [row_of(one) for one in islice(api.notifications.list(state=state), limit)]
    print_rows(rows, columns=MESSAGE_COLUMNS, as_json=as_json, empty="no messages")


def _address(url: str) -> str:
    """From standard input on request: what is typed as an argument stays in the shell's history."""
    return sys.stdin.readline().strip() if url == "-" else url


def _kind(url: str) -> ReceiverKind:
    scheme = url.partition("://")[0].lower()
    kinds = {"mqtt": ReceiverKind.MQTT, "mqtts": ReceiverKind.MQTT}
    return kinds.get(scheme, ReceiverKind.WEBHOOK if scheme in ("http", "https") else ReceiverKind.APPRISE)


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
