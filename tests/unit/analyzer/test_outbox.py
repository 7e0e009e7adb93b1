"""The outbox: scripted receivers, times and failures on a real database."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from pictures import START, at

from analyzer.notify.errors import NotDelivered, Refused
from analyzer.notify.message import Message
from analyzer.notify.outbox import CLAIM_SECONDS, SHARE, Outbox
from common.adapters.open import open_repository
from common.domain.alert_group import AlertGroup
from common.domain.notification import Notification, NotificationKind, NotificationState
from common.domain.receiver import Receiver, ReceiverKind
from common.errors import NotFound, Unavailable

FIRING, RESOLVED = NotificationKind.FIRING, NotificationKind.RESOLVED
SENT, QUEUED, GIVEN_UP = NotificationState.SENT, NotificationState.QUEUED, NotificationState.GIVEN_UP


class Wire:
    """A channel that answers as it was told to, and remembers what passed."""

    def __init__(self):
        self.taken = []
        self.answers = []

    def send(self, message):
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        self.taken.append(message.id)

    def close(self):
        pass


class Office:
    """Receivers, an outbox that nobody else works on, and a clock that is told the time."""

    def __init__(self, repository):
        self.repository = repository
        self.now = 0.0
        self.wires = {kind: Wire() for kind in (ReceiverKind.WEBHOOK, ReceiverKind.APPRISE)}
        self._numbers = count(1)
        self.outbox = self.sender()
        with repository.begin() as unit:
            for name, kind in (("anna", ReceiverKind.APPRISE), ("hook", ReceiverKind.WEBHOOK)):
                unit.receivers.add(Receiver(id=name, name=name, kind=kind, url="x", created_at=START))
            unit.groups.save(AlertGroup(id="g", key="g", rule_id="r", place="Door", opened_at=START, told_count=1))

    def sender(self, repository=None):
        return Outbox(
            repository=repository or self.repository,
            compose=self.compose,
            channels=self.wires,
            clock=lambda: at(self.now),
            jitter=lambda: 1.0,
        )

    def compose(self, unit, notification, receiver):
        if notification.facts.get("erased"):
            raise NotFound("what it tells of was erased")
        return Message(
            id=notification.id, kind=notification.kind, receiver=receiver, title="", body="", at=notification.created_at
        )

    def queue(self, receiver="anna", kind=FIRING, **fields):
        number = next(self._numbers)
        made = Notification(
            id=f"n{number}",
            key=f"k{number}",
            receiver_id=receiver,
            kind=kind,
            **{"group_id": "g", "created_at": at(number / 1000), "due_at": START, **fields},
        )
        with self.repository.begin() as unit:
            assert unit.notifications.add(made)
        return made.id

    def look(self, seconds):
        self.now = seconds
        self.outbox.look()
        self.outbox.wait()

    def get(self, notification_id):
        with self.repository.begin() as unit:
            return unit.notifications.get(notification_id)

    @property
    def taken(self):
        return [name for wire in self.wires.values() for name in wire.taken]


@pytest.fixture
def office(repository):
    return Office(repository)


def test_a_message_arrives_once_and_starts_the_cooldown(office):
    name = office.queue()
    office.look(1)
    office.look(2)
    assert office.taken == [name]
    sent = office.get(name)
    assert (sent.state, sent.sent_at, sent.attempts, sent.claimed_until) == (SENT, at(1), 1, None)
    with office.repository.begin() as unit:
        assert unit.groups.get("g").told_at == at(1)


def test_a_failure_is_tried_again_later_and_later(office):
    office.wires[ReceiverKind.APPRISE].answers = [NotDelivered("it is away")] * 2
    name = office.queue()
    office.look(0)
    assert (office.get(name).error, office.get(name).due_at) == ("it is away", at(5))
    office.look(4.9)
    office.look(5)
    assert office.get(name).due_at == at(15)
    office.look(15)
    assert office.taken == [name]
    assert (office.get(name).attempts, office.get(name).error) == (3, "")


def test_a_receiver_that_says_when_is_not_asked_before(office):
    office.wires[ReceiverKind.APPRISE].answers = [NotDelivered("slow down", retry_after_seconds=600)]
    name = office.queue()
    office.look(0)
    assert office.get(name).due_at == at(600)


def test_a_refusal_is_given_up_visibly(office):
    office.wires[ReceiverKind.APPRISE].answers = [Refused("wrong token")]
    name, following = office.queue(), office.queue()
    office.look(0)
    assert (office.get(name).state, office.get(name).error) == (GIVEN_UP, "wrong token")
    assert office.taken == [following]
    with office.repository.begin() as unit:
        assert unit.groups.get("g").told_at == at(0)


def test_after_a_day_it_is_given_up(office):
    name = office.queue()
    seconds, tries = 0.0, 0
    while office.get(name).state is QUEUED:
        office.wires[ReceiverKind.APPRISE].answers = [NotDelivered("it is away")]
        office.look(seconds)
        seconds, tries = (office.get(name).due_at - START).total_seconds(), tries + 1
    assert office.get(name).state is GIVEN_UP
    assert timedelta(hours=23) < timedelta(seconds=office.now) <= timedelta(hours=24)
    assert tries > 40


def test_what_follows_does_not_overtake(office):
    """Alarm and all-clear of one group arrive in their order, whatever comes between."""
    office.wires[ReceiverKind.APPRISE].answers = [NotDelivered("it is away")]
    alarm, clear = office.queue(), office.queue(kind=RESOLVED)
    office.look(0)
    assert office.taken == []
    office.look(1)
    assert office.taken == []
    office.look(5)
    office.look(6.1)
    assert office.taken == [alarm, clear]


def test_an_all_clear_without_an_alarm_is_not_sent(office):
    office.wires[ReceiverKind.APPRISE].answers = [Refused("no")]
    office.queue()
    clear = office.queue(kind=RESOLVED)
    office.look(0)
    assert office.get(clear).state is NotificationState.SUPERSEDED
    assert office.taken == []


def test_a_bad_receiver_is_in_nobody_elses_way(office):
    office.wires[ReceiverKind.APPRISE].answers = [NotDelivered("it is away")]
    office.queue("anna")
    other = office.queue("hook")
    office.look(0)
    assert office.taken == [other]


def test_a_receivers_limit_spreads_its_messages(office):
    with office.repository.begin() as unit:
        unit.receivers.update(replace(unit.receivers.get("anna"), per_minute=2))
    names = [office.queue(group_id="") for _ in range(4)]
    office.look(0)
    assert office.taken == names[:2]
    office.look(29)
    assert office.taken == names[:2]
    for seconds in (61, 92, 123):
        office.look(seconds)
    assert sorted(office.taken) == names


def test_a_share_at_a_time_so_that_a_claim_does_not_lapse(office):
    names = [office.queue(group_id="") for _ in range(SHARE + 2)]
    office.look(0)
    assert office.taken == names[:SHARE]
    office.look(1)
    assert office.taken == names


def test_what_a_dead_sender_had_in_hand_is_sent_by_another(office):
    name = office.queue()
    with office.repository.begin() as unit:
        unit.notifications.claim(now=at(0), until=at(CLAIM_SECONDS), limit=9)
    office.look(CLAIM_SECONDS - 1)
    assert office.taken == []
    office.look(CLAIM_SECONDS)
    assert office.taken == [name]


@pytest.mark.parametrize(
    ("prepare", "state", "error"),
    [
        (lambda unit: unit.receivers.remove("anna"), GIVEN_UP, "the receiver was removed"),
        (
            lambda unit: unit.receivers.update(replace(unit.receivers.get("anna"), enabled=False)),
            GIVEN_UP,
            "the receiver is disabled",
        ),
    ],
)
def test_a_receiver_that_is_gone_gets_nothing(office, prepare, state, error):
    name = office.queue()
    with office.repository.begin() as unit:
        prepare(unit)
    office.look(0)
    assert (office.get(name).state, office.get(name).error) == (state, error)


def test_what_was_erased_is_not_told(office):
    name = office.queue(facts={"erased": True})
    office.look(0)
    assert office.get(name).state is NotificationState.SUPERSEDED


def test_a_surprise_costs_one_message_one_try(office):
    office.wires[ReceiverKind.APPRISE].answers = [ZeroDivisionError("surprise")]
    name = office.queue()
    office.look(0)
    assert office.get(name).error == "an unexpected error; the analyzer's log says which"
    office.look(5)
    assert office.taken == [name]


class AwayOnce:
    """The database, away for a moment."""

    def __init__(self, repository, is_time):
        self._repository, self._is_time, self._is_over = repository, is_time, False

    def begin(self):
        if self._is_time() and not self._is_over:
            self._is_over = True
            raise Unavailable("the database does not answer")
        return self._repository.begin()


def test_an_outage_of_the_database_just_after_sending_does_not_send_it_again(office):
    wire = office.wires[ReceiverKind.APPRISE]
    office.outbox = office.sender(AwayOnce(office.repository, lambda: wire.taken))
    name = office.queue()
    office.look(0)
    office.look(CLAIM_SECONDS + 1)
    assert office.taken == [name]
    assert office.get(name).state is SENT


def test_an_outage_just_after_a_failure_leaves_the_message_for_the_next_look(office):
    wire = office.wires[ReceiverKind.APPRISE]
    wire.answers = [ZeroDivisionError("surprise")]
    office.outbox = office.sender(AwayOnce(office.repository, lambda: not wire.answers))
    name = office.queue()
    office.look(0)
    assert office.taken == []
    office.look(CLAIM_SECONDS + 1)
    assert office.taken == [name]


def test_while_a_receiver_s_address_cannot_be_read_its_messages_wait(tmp_path):
    """Somebody started the analyzer with another MASKWATCH_ENCRYPTION_KEY."""
    url = f"sqlite:///{tmp_path}/sealed.db"
    with (
        closing(open_repository(url, keys=["a" * 32])) as right,
        closing(open_repository(url, keys=["b" * 32])) as wrong,
    ):
        right.upgrade()
        office = Office(right)
        name = office.queue()
        office.outbox = office.sender(wrong)
        office.look(1)
        assert (office.taken, office.get(name).state) == ([], QUEUED)
        office.outbox = office.sender()
        office.look(2 + CLAIM_SECONDS)
        assert office.taken == [name]
