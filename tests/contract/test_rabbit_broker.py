"""What only RabbitMQ can suffer: outages, lost connections, poison, a wrong password."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pika
import pytest
from tcp_proxy import TcpProxy

from common.adapters.brokers.rabbit_topology import DELIVERY_LIMIT
from common.adapters.open import open_broker
from common.errors import Unavailable
from common.messages import JOBS, PREDICTIONS
from common.ports.broker import Broker, Delivery, Subscription

pytestmark = pytest.mark.services

PATIENCE_SECONDS = 20.0


@pytest.fixture
def amqp_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("fresh_amqp_url")
    return url


@pytest.fixture
def proxy(amqp_url: str) -> Iterator[TcpProxy]:
    parts = urlsplit(amqp_url)
    with TcpProxy(host=str(parts.hostname), port=int(parts.port or 0)) as proxy:
        yield proxy


@pytest.fixture
def broker(amqp_url: str, proxy: TcpProxy) -> Iterator[Broker]:
    """Through the proxy."""
    broker = open_broker(amqp_url.replace(f":{urlsplit(amqp_url).port}/", f":{proxy.port}/"))
    yield broker
    broker.close()


def take(subscription: Subscription) -> Delivery:
    delivery = subscription.receive(PATIENCE_SECONDS)
    assert delivery is not None, "nothing was delivered"
    return delivery


def until_lost(subscription: Subscription) -> None:
    with pytest.raises(Unavailable):
        take(subscription)


def test_publishing_fails_in_an_outage_and_works_after_it(broker: Broker, proxy: TcpProxy) -> None:
    broker.publish(JOBS, b"before")
    proxy.cut()
    for attempt in (broker.check, lambda: broker.publish(JOBS, b"during"), lambda: broker.subscribe(JOBS, prefetch=1)):
        with pytest.raises(Unavailable):
            attempt()
    proxy.restore()
    broker.check()
    broker.publish(JOBS, b"after")
    subscription = broker.subscribe(JOBS, prefetch=2)
    assert [take(subscription).body, take(subscription).body] == [b"before", b"after"]


def test_a_consumer_hears_of_its_lost_connection_and_what_it_held_comes_again(broker: Broker, proxy: TcpProxy) -> None:
    broker.publish(JOBS, b"held")
    subscription = broker.subscribe(JOBS, prefetch=1)
    held = take(subscription)
    proxy.cut()
    until_lost(subscription)
    with pytest.raises(Unavailable):
        held.ack()
    with pytest.raises(Unavailable):
        held.retry(after=0)
    subscription.close()
    proxy.restore()
    again = take(broker.subscribe(JOBS, prefetch=1))
    assert (again.body, again.attempt) == (b"held", 2)


def test_heartbeats_flow_while_a_handler_works(amqp_url: str) -> None:
    broker = open_broker(f"{amqp_url}?heartbeat=1")
    broker.publish(JOBS, b"long work")
    subscription = broker.subscribe(JOBS, prefetch=1)
    delivery = take(subscription)
    time.sleep(3.5)  # the server hangs up after two heartbeats missed
    delivery.ack()
    subscription.close()
    assert broker.subscribe(JOBS, prefetch=1).receive(0.3) is None
    broker.close()


def test_a_message_that_ends_every_consumer_becomes_a_dead_letter(amqp_url: str) -> None:
    broker = open_broker(amqp_url)
    broker.publish(JOBS, b"poison")
    for _ in range(DELIVERY_LIMIT + 1):
        victim = broker.subscribe(JOBS, prefetch=1)
        take(victim)
        victim.close()
    assert broker.subscribe(JOBS, prefetch=1).receive(0.5) is None
    (letter,) = broker.dead_letters(JOBS)
    assert (letter.body, letter.reason) == (b"poison", "delivery_limit")
    broker.close()


def test_a_retry_resets_the_servers_count(amqp_url: str) -> None:
    broker = open_broker(amqp_url)
    broker.publish(JOBS, b"patient")
    subscription = broker.subscribe(JOBS, prefetch=1)
    for attempt in range(1, DELIVERY_LIMIT + 5):
        delivery = take(subscription)
        assert delivery.attempt == attempt
        delivery.retry(after=0)
    assert broker.dead_letters(JOBS) == []
    broker.close()


def test_a_queue_that_an_earlier_version_declared_for_one_consumer_goes_on_working(amqp_url: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        earlier = {"x-queue-type": "quorum", "x-single-active-consumer": True}
        connection.channel().queue_declare("maskwatch.predictions", durable=True, arguments=earlier)
    broker = open_broker(amqp_url)
    broker.publish(PREDICTIONS, b"kept")
    assert take(broker.subscribe(PREDICTIONS, prefetch=1)).body == b"kept"
    assert broker.state(PREDICTIONS).dead == 0
    broker.close()


@pytest.mark.parametrize("wrong", [lambda url: url.replace("maskwatch:", "maskwatch:sesame"), lambda url: url + "x"])
def test_a_refused_login_is_told_without_the_password(amqp_url: str, wrong: Callable[[str], str]) -> None:
    url = wrong(amqp_url)
    broker = open_broker(url)
    with pytest.raises(Unavailable) as caught:
        broker.check()
    assert str(urlsplit(url).password) not in str(caught.value)
    broker.close()
