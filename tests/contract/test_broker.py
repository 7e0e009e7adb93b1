"""What every broker promises, on each of them."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from common.adapters.open import open_broker
from common.errors import Unavailable
from common.messages import JOBS, PREDICTIONS
from common.ports.broker import Broker, Delivery, QueueState, Subscription

PATIENCE_SECONDS = 20.0  # what takes longer never comes


@pytest.fixture(params=["sqlite", pytest.param("rabbit", marks=pytest.mark.services)])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('tmp_path')}/queue.db"
    amqp_url: str = request.getfixturevalue("fresh_amqp_url")
    return amqp_url


@pytest.fixture
def open_another(url: str) -> Iterator[Callable[[], Broker]]:
    """Opens brokers on the same queues, as other processes would."""
    opened: list[Broker] = []

    def open_one() -> Broker:
        opened.append(open_broker(url))
        return opened[-1]

    yield open_one
    for broker in opened:
        broker.close()


@pytest.fixture
def broker(open_another: Callable[[], Broker]) -> Broker:
    return open_another()


def take(subscription: Subscription) -> Delivery:
    delivery = subscription.receive(PATIENCE_SECONDS)
    assert delivery is not None, "nothing was delivered"
    return delivery


def state_when(broker: Broker, queue: str, holds: Callable[[QueueState], bool]) -> QueueState:
    """The first state for which it holds: settling reaches a server a moment after the call."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        state = broker.state(queue)
        if holds(state) or time.monotonic() > deadline:
            return state
        time.sleep(0.02)


def test_messages_come_in_the_order_of_publishing(broker: Broker) -> None:
    for number in range(20):
        broker.publish(JOBS, b"%d" % number)
    subscription = broker.subscribe(JOBS, prefetch=5)
    bodies = []
    for _ in range(20):
        delivery = take(subscription)
        bodies.append(delivery.body)
        delivery.ack()
    assert bodies == [b"%d" % number for number in range(20)]


def test_a_first_delivery_is_attempt_one(broker: Broker) -> None:
    broker.publish(JOBS, b"once")
    assert take(broker.subscribe(JOBS, prefetch=1)).attempt == 1


def test_queues_are_apart(broker: Broker) -> None:
    broker.publish(JOBS, b"job")
    assert broker.subscribe(PREDICTIONS, prefetch=1).receive(0.2) is None


def test_an_acked_message_is_gone(broker: Broker, open_another: Callable[[], Broker]) -> None:
    broker.publish(JOBS, b"done")
    subscription = broker.subscribe(JOBS, prefetch=1)
    take(subscription).ack()
    subscription.close()
    state = state_when(broker, JOBS, lambda state: state.unacked == 0)
    assert (state.ready, state.unacked, state.dead) == (0, 0, 0)
    assert open_another().subscribe(JOBS, prefetch=1).receive(0.2) is None


def test_no_more_than_prefetch_are_handed_out(broker: Broker) -> None:
    for number in range(3):
        broker.publish(JOBS, b"%d" % number)
    subscription = broker.subscribe(JOBS, prefetch=2)
    first, _second = take(subscription), take(subscription)
    assert subscription.receive(0.3) is None
    first.ack()
    assert take(subscription).body == b"2"


def test_what_is_held_is_not_handed_to_another(broker: Broker, open_another: Callable[[], Broker]) -> None:
    broker.publish(JOBS, b"held")
    held = take(broker.subscribe(JOBS, prefetch=1))
    assert open_another().subscribe(JOBS, prefetch=1).receive(0.3) is None
    held.ack()


def test_what_was_not_settled_returns_when_the_consumer_closes(broker: Broker) -> None:
    for body in (b"first", b"second"):
        broker.publish(JOBS, body)
    leaving = broker.subscribe(JOBS, prefetch=10)
    take(leaving)
    leaving.close()
    staying = broker.subscribe(JOBS, prefetch=10)
    assert [take(staying).body, take(staying).body] == [b"first", b"second"]


def test_an_idle_consumer_wakes_when_something_is_published(broker: Broker) -> None:
    subscription = broker.subscribe(JOBS, prefetch=1)
    timer = threading.Timer(0.2, broker.publish, (JOBS, b"wake"))
    timer.start()
    assert take(subscription).body == b"wake"
    timer.join()


def test_an_idle_consumer_returns_after_its_timeout(broker: Broker) -> None:
    assert broker.subscribe(JOBS, prefetch=1).receive(0.05) is None


def test_a_retried_message_comes_again_not_before_its_time_as_the_next_attempt(broker: Broker) -> None:
    broker.publish(JOBS, b"again")
    subscription = broker.subscribe(JOBS, prefetch=1)
    started = time.monotonic()
    take(subscription).retry(after=0.4)
    assert broker.state(JOBS).dead == 0
    delivery = take(subscription)
    assert time.monotonic() - started >= 0.4
    assert (delivery.body, delivery.attempt) == (b"again", 2)
    delivery.retry(after=0)
    assert take(subscription).attempt == 3


def test_a_waiting_retry_counts_as_ready(broker: Broker) -> None:
    broker.publish(JOBS, b"later")
    take(broker.subscribe(JOBS, prefetch=1)).retry(after=60)
    state = state_when(broker, JOBS, lambda state: (state.ready, state.unacked) == (1, 0))
    assert (state.ready, state.unacked, state.dead) == (1, 0, 0)


def test_a_short_retry_does_not_wait_behind_a_long_one(broker: Broker) -> None:
    for body in (b"long", b"short"):
        broker.publish(JOBS, body)
    subscription = broker.subscribe(JOBS, prefetch=2)
    take(subscription).retry(after=600)
    take(subscription).retry(after=0.1)
    assert take(subscription).body == b"short"


def test_a_rejected_message_is_a_dead_letter_with_its_reason(broker: Broker) -> None:
    before = datetime.now(UTC)
    broker.publish(JOBS, b"bad")
    take(broker.subscribe(JOBS, prefetch=1)).reject("malformed_message: no JSON")
    (letter,) = broker.dead_letters(JOBS)
    assert (letter.queue, letter.body, letter.reason) == (JOBS, b"bad", "malformed_message: no JSON")
    assert letter.at is not None
    assert letter.at >= before


def test_looking_at_dead_letters_leaves_them_and_their_order(broker: Broker) -> None:
    subscription = broker.subscribe(JOBS, prefetch=3)
    for number in range(3):
        broker.publish(JOBS, b"%d" % number)
        take(subscription).reject("why")
    assert [letter.body for letter in broker.dead_letters(JOBS, limit=2)] == [b"0", b"1"]
    assert [letter.body for letter in broker.dead_letters(JOBS)] == [b"0", b"1", b"2"]
    assert broker.state(JOBS).dead == 3


def test_replayed_dead_letters_start_again_at_attempt_one(broker: Broker) -> None:
    subscription = broker.subscribe(JOBS, prefetch=3)
    broker.publish(JOBS, b"bad")
    take(subscription).retry(after=0)
    take(subscription).reject("why")
    assert broker.replay(JOBS) == 1
    delivery = take(subscription)
    assert (delivery.body, delivery.attempt) == (b"bad", 1)
    assert broker.dead_letters(JOBS) == []
    assert broker.replay(JOBS) == 0


def test_one_dead_letter_is_replayed_another_deleted_and_the_rest_stay_in_order(broker: Broker) -> None:
    subscription = broker.subscribe(JOBS, prefetch=4)
    for number in range(4):
        broker.publish(JOBS, b"%d" % number)
        take(subscription).reject("why")
    first, second, third, fourth = broker.dead_letters(JOBS)
    assert len({first.id, second.id, third.id, fourth.id}) == 4
    assert broker.replay(JOBS, only=[third.id, "nobody's"]) == 1
    assert take(subscription).body == b"2"
    assert broker.purge(JOBS, only=[second.id]) == 1
    assert broker.dead_letters(JOBS) == [first, fourth]
    assert (broker.purge(JOBS, only=[second.id]), broker.replay(JOBS, only=[])) == (0, 0)
    assert broker.state(JOBS).dead == 2


def test_purging_deletes_dead_letters_only(broker: Broker) -> None:
    subscription = broker.subscribe(JOBS, prefetch=1)
    broker.publish(JOBS, b"bad")
    take(subscription).reject("why")
    subscription.close()
    broker.publish(JOBS, b"good")
    assert broker.purge(JOBS) == 1
    state = state_when(broker, JOBS, lambda state: state.ready == 1)
    assert (state.ready, state.dead) == (1, 0)


def test_many_threads_publish_and_nothing_is_lost_or_doubled(broker: Broker) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: broker.publish(JOBS, b"%d" % number), range(80)))
    subscription = broker.subscribe(JOBS, prefetch=100)
    deliveries = [take(subscription) for _ in range(80)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda delivery: delivery.ack(), deliveries))
    assert sorted(int(delivery.body) for delivery in deliveries) == list(range(80))
    state = state_when(broker, JOBS, lambda state: state.unacked == 0)
    assert (state.ready, state.unacked) == (0, 0)


def test_consumers_of_one_queue_share_it_and_one_that_leaves_gives_back(
    broker: Broker, open_another: Callable[[], Broker]
) -> None:
    for number in range(4):
        broker.publish(PREDICTIONS, b"%d" % number)
    first = broker.subscribe(PREDICTIONS, prefetch=2)
    held = [take(first), take(first)]
    second = open_another().subscribe(PREDICTIONS, prefetch=10)
    shared = [take(second).body for _ in range(2)]
    first.close()
    returned = [take(second).body for _ in range(2)]
    assert sorted(returned) == sorted(delivery.body for delivery in held)
    assert sorted(shared + returned) == [b"0", b"1", b"2", b"3"]


def test_a_look_from_another_process_disturbs_nothing(broker: Broker, open_another: Callable[[], Broker]) -> None:
    broker.publish(JOBS, b"held")
    held = take(broker.subscribe(JOBS, prefetch=1))
    other = open_another()
    assert other.state(JOBS).ready == 0
    other.close()
    held.ack()
    assert state_when(broker, JOBS, lambda state: state.unacked == 0).ready == 0


def test_a_closed_broker_is_unavailable(url: str) -> None:
    broker = open_broker(url)
    broker.check()
    broker.close()
    with pytest.raises(Unavailable):
        broker.publish(JOBS, b"late")


CONSUME = """
import sys, time
from common.adapters.open import open_broker
subscription = open_broker(sys.argv[1]).subscribe(sys.argv[2], prefetch=2)
print(subscription.receive(20).body, subscription.receive(20).body, flush=True)
time.sleep(600)
"""

PUBLISH = """
import sys, time
from common.adapters.open import open_broker
open_broker(sys.argv[1]).publish("jobs", b"kept")
print("published", flush=True)
time.sleep(600)
"""


def run_and_kill(program: str, *arguments: str) -> bytes:
    """Run it until it says something, then kill it as the kernel would; what it said."""
    with subprocess.Popen([sys.executable, "-c", program, *arguments], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        process.kill()
        assert process.wait() == -signal.SIGKILL
    return said


@pytest.mark.parametrize("queue", [JOBS, PREDICTIONS])
def test_what_a_killed_consumer_held_is_delivered_again(broker: Broker, url: str, queue: str) -> None:
    for body in (b"a", b"b", b"c"):
        broker.publish(queue, body)
    assert run_and_kill(CONSUME, url, queue) == b"b'a' b'b'\n"
    subscription = broker.subscribe(queue, prefetch=3)
    deliveries = {delivery.body: delivery.attempt for delivery in (take(subscription) for _ in range(3))}
    assert deliveries == {b"a": 2, b"b": 2, b"c": 1}


def test_a_waiting_consumer_takes_over_from_a_killed_one(broker: Broker, url: str) -> None:
    broker.publish(PREDICTIONS, b"a")
    broker.publish(PREDICTIONS, b"b")
    with subprocess.Popen([sys.executable, "-c", CONSUME, url, PREDICTIONS], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"b'a' b'b'\n"
        waiting = broker.subscribe(PREDICTIONS, prefetch=2)
        assert waiting.receive(0.3) is None
        process.kill()
        assert [take(waiting).body, take(waiting).body] == [b"a", b"b"]


def test_what_a_killed_publisher_published_is_there(broker: Broker, url: str) -> None:
    assert run_and_kill(PUBLISH, url) == b"published\n"
    assert take(broker.subscribe(JOBS, prefetch=1)).body == b"kept"
