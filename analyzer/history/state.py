"""A camera after a picture, and how far back one can go for a late one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter

from analyzer.sightings.follow import Person
from common.domain.event import Event

LATE = timedelta(seconds=120)  # of capture time: a picture later than this is counted, and moves nothing

EARLY = timedelta(
    minutes=10
)  # ahead of our clock: a picture of a clock that is more wrong is counted, and moves nothing


def is_of_the_future(captured_at: datetime, *, now: datetime) -> bool:
    """Whether no clock that is nearly right can say so of a picture that is here already."""
    return captured_at > now + EARLY


@dataclass(frozen=True, kw_only=True)
class State:
    """All that the pictures up to one leave behind for the next."""

    captured_at: datetime | None = None  # of the newest of them; None: before the first
    snapshot_id: str = ""
    people: tuple[Person, ...] = ()  # in view, or not yet forgotten
    events: tuple[Event, ...] = ()  # open, of rules about faces

    def precedes(self, captured_at: datetime, snapshot_id: str) -> bool:
        """Whether that picture is newer than all of these; the id decides between equal times."""
        return self.captured_at is None or (self.captured_at, self.snapshot_id) < (captured_at, snapshot_id)


@dataclass(frozen=True, kw_only=True)
class History:
    """The newest state, and two to go back to: `old` lies more than LATE before `recent`.

    Both have all pictures of their own moment and before, so that those captured later are what came since.
    """

    newest: State
    recent: State
    old: State
    stored: tuple[Event, ...] | None = None  # of the newest state's events, where a sweep ended some; None: as they are
    heard_at: datetime | None = None  # when the newest picture was looked at, by the clock on the wall

    @classmethod
    def beginning(cls, state: State) -> History:
        """Nothing lies before the state."""
        return cls(newest=state, recent=state, old=state)

    def advanced(self, state: State) -> History:
        """With one more picture."""
        before, recent = self.newest.captured_at, self.recent.captured_at
        # Only with the first picture of a later moment is it known that a state has all pictures of its own.
        is_whole = before is not None and state.captured_at is not None and before < state.captured_at
        if is_whole and before is not None and (recent is None or before - recent > LATE):
            return History(newest=state, recent=self.newest, old=self.recent)
        return History(newest=state, recent=self.recent, old=self.old)

    def is_too_late(self, captured_at: datetime) -> bool:
        """Whether it cannot go back as far as a picture captured then."""
        return self.newest.captured_at is not None and captured_at < self.newest.captured_at - LATE

    def back_to(self, captured_at: datetime) -> History:
        """As it was before all pictures captured then or later; not for one that is too late."""
        is_recent_enough = self.recent.captured_at is None or self.recent.captured_at < captured_at
        state = self.recent if is_recent_enough else self.old
        return History(newest=state, recent=state, old=self.old)


_HISTORY = TypeAdapter(History)


def dump(history: History) -> str:
    """As JSON."""
    return _HISTORY.dump_json(history).decode()


def load(body: str) -> History:
    """The opposite of `dump`."""
    return _HISTORY.validate_json(body)
