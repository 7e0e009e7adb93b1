"""What is kept: cameras, shots, predictions, rules, events, alerts, statistics, users.

Everything happens in a unit of work:

    with repository.begin() as unit:      # commits at the end, rolls back on an exception
        unit.cameras.add(camera)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple, Protocol

from common.domain.alert import Alert, AlertState
from common.domain.alert_group import AlertGroup
from common.domain.camera import Camera
from common.domain.decision import Decision
from common.domain.event import Event, EventState
from common.domain.feedback import Feedback
from common.domain.notification import Notification, NotificationState
from common.domain.prediction import Label, Prediction
from common.domain.receiver import Receiver
from common.domain.rule import Rule
from common.domain.shot import Outcome, Shot
from common.domain.sighting import Sighting
from common.domain.silence import Silence
from common.domain.statistics import Grouping, Statistics
from common.domain.user import Token, TokenKind, User


class Cameras(Protocol):
    """By name in `list`. `get`, `update` and `remove` raise NotFound; a name in use raises Conflict."""

    def list(self, *, enabled: bool | None = None) -> list[Camera]: ...
    def version(self) -> str:
        """Differs after every change of any of them, and costs far less than reading them."""

    def get(self, camera_id: str) -> Camera: ...
    def get_many(self, camera_ids: Iterable[str]) -> dict[str, Camera]:
        """Those of them that exist, by id."""

    def find(self, name: str) -> Camera | None: ...
    def add(self, camera: Camera) -> None: ...
    def update(self, camera: Camera) -> Camera:
        """Store it with its revision grown by one, and return that."""

    def remove(self, camera_id: str) -> None: ...


class Shots(Protocol):
    """Every scheduled shot with its outcome."""

    def record(self, shot: Shot) -> Outcome | None:
        """Store the outcome unless a final one is stored already. Returns what was stored before (None: nothing).

        The caller counts by the answer: None -> one more; TAKEN -> one moved; a final outcome -> nothing changed.
        A later message may fill in the picture's key but never takes it away. Of two pictures of one slot, taken under
        two leases of the camera, the later lease's stays, until one is predicted. The other is refused: nothing
        changes, and the answer is its own outcome, as if that had been stored before. So is a slot that is called
        skipped or failed after it was taken: a grabber was killed before its successor could know.
        """

    def record_many(self, shots: Sequence[Shot]) -> list[Outcome | None]:
        """The answers of `record`, as if each were recorded after the one before it; a shot may come twice."""

    def get(self, shot_id: str) -> Shot: ...
    def list(
        self,
        *,
        camera_id: str | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        label: Label | None = None,
        outcomes: Iterable[Outcome] | None = None,
        limit: int = 50,
    ) -> list[Shot]:
        """Newest first by `scheduled_at`; `after` inclusive, `before` exclusive; `label`: a face carries it."""

    def latest(self, camera_ids: Iterable[str]) -> dict[str, Shot]:
        """The newest predicted shot of each camera that has one."""

    def newest(self, camera_ids: Iterable[str], *, after: datetime, skipped: bool = True) -> dict[str, Shot]:
        """The newest shot of each camera that has one scheduled since; with or without those that were skipped."""

    def oldest_waiting(self, camera_ids: Iterable[str], *, after: datetime) -> Shot | None:
        """Of the shots of these cameras that were scheduled since and are taken still, the oldest."""


class PlainPrediction(NamedTuple):
    """Of a prediction what tells its camera's past: made in no time, a million of them in a row."""

    snapshot_id: str
    captured_at: datetime
    width: int  # pixels
    height: int
    faces: str  # JSON, as a prediction's `faces`; "[]": nobody


class Predictions(Protocol):
    """One per predicted snapshot."""

    def add(self, prediction: Prediction) -> bool:
        """False, and nothing changed, when the snapshot has one already."""

    def add_many(self, predictions: Iterable[Prediction]) -> set[str]:
        """The ids of those that were added, each of which comes once; the others' snapshots have one already."""

    def get(self, snapshot_id: str) -> Prediction: ...
    def get_many(self, snapshot_ids: Iterable[str]) -> dict[str, Prediction]: ...
    def captured_after(self, camera_id: str, at: datetime) -> list[Prediction]:
        """The camera's, in the order of capture; `at` exclusive."""

    def count_captured(self, camera_id: str, *, start: datetime, end: datetime) -> int:
        """How many `captured` would give in all, from the first on."""

    def captured(
        self, camera_id: str, *, start: datetime, end: datetime, after: str = "", limit: int
    ) -> list[PlainPrediction]:
        """The camera's, in the order of capture, from `start` on, before `end`.

        Of those captured at `start`, which may have come with the page before, the ones with ids behind `after`.
        """


class Rules(Protocol):
    """By name in `list`. `get`, `update` and `remove` raise NotFound; a name in use raises Conflict."""

    def list(self, *, enabled: bool | None = None) -> list[Rule]: ...
    def get(self, rule_id: str) -> Rule: ...
    def add(self, rule: Rule) -> None: ...
    def update(self, rule: Rule) -> None: ...
    def remove(self, rule_id: str) -> None: ...


class Events(Protocol):
    """At most one open (pending or firing) event per rule and camera."""

    def open(self, *, rule_id: str | None = None, camera_id: str | None = None, to_change: bool = False) -> list[Event]:
        """`to_change`: as they are now, and they stay so for others until this unit ends."""

    def save(self, event: Event) -> None:
        """Add or replace."""

    def save_many(self, events: Iterable[Event]) -> None:
        """Add or replace, in their order: one that ends comes before one that begins in its place."""

    def drop(self, event_id: str) -> None:
        """Forget a pending event whose condition ended."""

    def get(self, event_id: str) -> Event: ...
    def get_many(self, event_ids: Iterable[str]) -> dict[str, Event]:
        """Those of them that exist, by id."""

    def list(
        self,
        *,
        rule_id: str | None = None,
        camera_id: str | None = None,
        state: EventState | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> list[Event]:
        """Newest first by `started_at`; `after` inclusive, `before` exclusive."""


class Alerts(Protocol):
    """One per event that fired."""

    def save(self, alert: Alert) -> None:
        """Add or replace."""

    def get(self, alert_id: str, *, to_change: bool = False) -> Alert:
        """`to_change`: as it is now, and it stays so for others until this unit ends."""

    def for_event(self, event_id: str) -> Alert | None:
        """The alert to change with its event; held like `to_change`."""

    def list(
        self,
        *,
        rule_id: str | None = None,
        camera_id: str | None = None,
        state: AlertState | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> list[Alert]:
        """Newest first by `fired_at`; `after` inclusive, `before` exclusive."""


class StatisticsRows(Protocol):
    """Hourly counts per camera, and per zone of it (`zone`; empty: the whole picture)."""

    def add(
        self,
        camera_id: str,
        at: datetime,
        *,
        zone: str = "",
        shots: dict[Outcome, int] | None = None,
        faces: dict[Label, int] | None = None,
        people: dict[Label, int] | None = None,
        events: int = 0,
        alerts: int = 0,
        acknowledged: int = 0,
        reaction_seconds: float = 0.0,
    ) -> None:
        """Add these (also negative) numbers to the row of the hour that holds `at`."""

    def add_many(self, counts: Iterable[Statistics]) -> None:
        """Add the numbers of each to the row of its camera, zone and the hour that holds its `start`.

        Once in a unit, and late in it: the rows are held from then on, and two who take them in another order each
        wait for the other.
        """

    def query(
        self,
        *,
        by: Grouping,
        start: datetime | None = None,
        end: datetime | None = None,
        camera_id: str | None = None,
        site: str | None = None,
        zone: str | None = None,
        timezone: tzinfo = UTC,
    ) -> list[Statistics]:
        """Ascending by start, camera, site and zone; rows of the hours that begin in [start, end).

        `site`: of the cameras that are there now. `zone`: what was seen in it, beside the shots of the cameras that
        have it; without one, what was seen in the whole picture. An hour belongs to the day, of that time zone, in
        which it begins; starts are in that time zone.
        """

    def hours(self, camera_id: str, *, start: datetime, end: datetime) -> list[Statistics]:
        """The camera's own rows of the hours in [start, end), of every zone; they stay so until this unit ends."""

    def mend(self, *, is_dry_run: bool = False) -> int:
        """Make the sums that are kept for fast queries those of the hours; how many were not, or are not still."""


class Retention(Protocol):
    """What upkeep asks of shots, predictions and alerts: a bounded piece at a time, the oldest first."""

    def camera_ids(self) -> list[str]:
        """Of every camera that has a shot, those that were removed too."""

    def count_shots(self, camera_id: str, *, before: datetime) -> int:
        """How many `remove_shots` would delete in all."""

    def remove_shots(self, camera_id: str, *, before: datetime, limit: int) -> int:
        """Delete shots scheduled before, and their predictions, unless an alert or open event shows them; how many.

        With them go all sightings of people who were last seen before.
        """

    def count_alerts(self, *, before: datetime) -> int:
        """How many `remove_alerts` would delete in all."""

    def remove_alerts(self, *, before: datetime, limit: int) -> int:
        """Delete resolved alerts that fired before, with their events and what was decided of them; how many.

        Messages and groups that are as old, and which no alert needs any more, go with them.
        """

    def shown_by_alerts(self, image_keys: Iterable[str]) -> set[str]:
        """Those of the pictures that an alert shows."""

    def without_fault(self, snapshot_ids: Iterable[str]) -> set[str]:
        """Those that were predicted and in which every face, if there is one, surely wears its mask properly."""

    def pictured(self, camera_id: str, *, after: datetime | None, before: datetime, limit: int) -> list[Shot]:
        """Shots that have a picture, ascending by `scheduled_at`; both bounds exclusive."""

    def pictures_of(self, snapshot_ids: Iterable[str]) -> set[str]:
        """The keys that those shots name."""

    def forget_pictures(self, snapshot_ids: Iterable[str], *, reason: str = "") -> None:
        """Their pictures are gone; `reason` is told by a shot that has none yet."""

    def forgotten(self, snapshot_ids: Iterable[str], *, reason: str) -> set[str]:
        """Those whose picture was forgotten for that reason."""

    def restore_picture(self, snapshot_id: str, image_key: str) -> None:
        """Name the picture again, and no reason."""


class Histories(Protocol):
    """What the analyzer knows of each camera between two pictures: its own JSON, opaque here."""

    def hold(self, camera_id: str) -> str | None:
        """The camera's history, None before the first; it is the caller's alone until this unit ends, also then."""

    def hold_many(self, camera_ids: Iterable[str]) -> dict[str, str | None]:
        """Each as by `hold`, in an order that all who hold several keep to."""

    def save(self, camera_id: str, body: str) -> None:
        """Replace a history that is held."""

    def save_many(self, bodies: Mapping[str, str]) -> None:
        """Replace histories that are held, by camera."""


class Sightings(Protocol):
    """People, each counted once per stay."""

    def save(self, sighting: Sighting) -> Sighting | None:
        """Add or replace; what was there before."""

    def save_many(self, sightings: Iterable[Sighting]) -> None:
        """Add or replace."""

    def get_many(self, sighting_ids: Iterable[str]) -> dict[str, Sighting]:
        """Those of them that exist, by id."""

    def drop(self, sighting_id: str) -> Sighting | None:
        """Forget it; what was there."""

    def list(
        self,
        *,
        camera_id: str | None = None,
        label: Label | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> list[Sighting]:
        """Newest first by `began_at`; `after` inclusive, `before` exclusive."""


class Receivers(Protocol):
    """By name in `list`. `get`, `update` and `remove` raise NotFound; a name in use raises Conflict."""

    def list(self, *, enabled: bool | None = None) -> list[Receiver]: ...
    def get(self, receiver_id: str) -> Receiver: ...
    def find(self, name: str) -> Receiver | None: ...
    def add(self, receiver: Receiver) -> None: ...
    def update(self, receiver: Receiver) -> None: ...
    def remove(self, receiver_id: str) -> None: ...


class Silences(Protocol):
    """Newest first by `starts_at` in `list`. `get` and `remove` raise NotFound."""

    def list(self, *, ending_after: datetime | None = None, limit: int = 200) -> list[Silence]: ...
    def get(self, silence_id: str) -> Silence: ...
    def save(self, silence: Silence) -> None:
        """Add or replace."""

    def remove(self, silence_id: str) -> None: ...


class AlertGroups(Protocol):
    """Alerts that are told together."""

    def open(self, *, key: str | None = None, to_change: bool = False) -> list[AlertGroup]:
        """The open ones (of the key: at most one), oldest first; `to_change` as in `Events.open`."""

    def hold(self, fresh: AlertGroup) -> AlertGroup:
        """The open group of that key, else `fresh`, stored; it is the caller's alone until this unit ends."""

    def get(self, group_id: str, *, to_change: bool = False) -> AlertGroup: ...
    def save(self, group: AlertGroup) -> None:
        """Add or replace; a second open one of a key raises Conflict."""

    def alerts(self, group_id: str) -> list[Alert]:
        """Its alerts, the firing ones first, then newest first by `fired_at`; a bounded number of them."""


class Decisions(Protocol):
    """Every stage's word on every alert."""

    def add(self, alert_id: str, decisions_made: Iterable[Decision]) -> None:
        """Append; their numbers are given here."""

    def of(self, alert_id: str) -> list[Decision]:
        """In their order."""


class Notifications(Protocol):
    """The outbox."""

    def add(self, notification: Notification) -> bool:
        """False, and nothing changed, when its key is known already."""

    def claim(
        self, *, now: datetime, until: datetime, limit: int, except_receivers: Iterable[str] = ()
    ) -> list[Notification]:
        """Queued ones that are due and in nobody's hand, oldest first; they are the caller's until `until`."""

    def hold(self, notification_ids: Iterable[str]) -> list[Notification]:
        """The queued ones of these as they are now, but those that somebody else holds or claims at this moment."""

    def count_sent(self, receiver_id: str, *, since: datetime) -> int:
        """How many the receiver got at that time or later."""

    def save(self, notification: Notification) -> None:
        """Replace."""

    def get(self, notification_id: str) -> Notification: ...
    def of_group(self, group_id: str) -> list[Notification]:
        """Oldest first; of very many the newest."""

    def list(
        self,
        *,
        receiver_id: str | None = None,
        state: NotificationState | None = None,
        after: datetime | None = None,
        before: datetime | None = None,
        limit: int = 50,
    ) -> list[Notification]:
        """Newest first by `created_at`; `after` inclusive, `before` exclusive."""


class Feedbacks(Protocol):
    """What people said of faces."""

    def save(self, said: Feedback) -> None:
        """Add or replace: the last word stands."""

    def get(self, feedback_id: str) -> Feedback: ...
    def list(self, *, after: datetime | None = None, before: datetime | None = None, limit: int = 50) -> list[Feedback]:
        """Newest first by `at`; `after` inclusive, `before` exclusive."""

    def remove(self, feedback_ids: Iterable[str]) -> None: ...


class Users(Protocol):
    """People, and the tokens they hold."""

    def all(self) -> list[User]: ...
    def find(self, name: str) -> User | None: ...
    def get(self, user_id: str) -> User: ...
    def save(self, user: User) -> None:
        """Add or replace; a name in use by another raises Conflict."""

    def remove(self, user_id: str) -> None:
        """With all tokens."""

    def add_token(self, token: Token) -> None: ...
    def find_token(self, secret_hash: str) -> Token | None: ...
    def tokens(self, *, kind: TokenKind, user_id: str | None = None) -> list[Token]: ...
    def remove_token(self, token_id: str) -> None: ...
    def remove_expired_tokens(self, now: datetime) -> int: ...


class Unit(Protocol):
    """All collections inside one transaction."""

    @property
    def cameras(self) -> Cameras: ...
    @property
    def shots(self) -> Shots: ...
    @property
    def predictions(self) -> Predictions: ...
    @property
    def rules(self) -> Rules: ...
    @property
    def events(self) -> Events: ...
    @property
    def alerts(self) -> Alerts: ...
    @property
    def statistics(self) -> StatisticsRows: ...
    @property
    def retention(self) -> Retention: ...
    @property
    def histories(self) -> Histories: ...
    @property
    def sightings(self) -> Sightings: ...
    @property
    def receivers(self) -> Receivers: ...
    @property
    def silences(self) -> Silences: ...
    @property
    def groups(self) -> AlertGroups: ...
    @property
    def decisions(self) -> Decisions: ...
    @property
    def notifications(self) -> Notifications: ...
    @property
    def feedback(self) -> Feedbacks: ...
    @property
    def users(self) -> Users: ...


class Repository(Protocol):
    """The database; thread-safe, one unit per thread at a time. Raises common.errors.Unavailable when it is away."""

    def begin(self) -> AbstractContextManager[Unit]: ...
    def upgrade(self) -> None:
        """Bring the schema to this version's."""

    def check(self) -> None:
        """Raise Unavailable unless the database answers and its schema is this version's."""

    def close(self) -> None: ...
