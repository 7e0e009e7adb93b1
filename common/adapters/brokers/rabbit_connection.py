"""One connection to RabbitMQ, and the one place where pika's errors become ours."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pika
from pika.adapters.blocking_connection import BlockingConnection
from pika.exceptions import AMQPError, ChannelClosedByBroker, ProbableAuthenticationError

from common.errors import Conflict, InvalidInput, Unavailable

HEARTBEAT_SECONDS = 20  # a dead peer is noticed after two; pika's threads here never block longer
CONNECT_SECONDS = 5
BLOCKED_SECONDS = 10  # a server short of memory or disk stops reading: that is away, not slow
_PRECONDITION_FAILED = 406

# pika reports each failed attempt itself, with tracebacks; here it is raised, and logged by whoever decides.
logging.getLogger("pika.adapters").setLevel(logging.CRITICAL)
logging.getLogger("pika.connection").setLevel(logging.CRITICAL)


def parameters(url: str) -> pika.URLParameters:
    """Of `amqp(s)://user:password@host:port/vhost`; options in its query win over the defaults here."""
    try:
        found = pika.URLParameters(url)
    except (ValueError, TypeError, AttributeError):
        # Neither the URL nor pika's sentence about it: both may hold the password.
        raise InvalidInput("the broker URL is not of the form amqp://user:password@host:port/vhost") from None
    given = url.partition("?")[2]
    for option, value in (
        ("heartbeat", HEARTBEAT_SECONDS),
        ("blocked_connection_timeout", BLOCKED_SECONDS),
        ("socket_timeout", CONNECT_SECONDS),
        ("stack_timeout", CONNECT_SECONDS),
    ):
        if f"{option}=" not in given:
            setattr(found, option, value)
    found.client_properties = {"connection_name": "maskwatch"}
    return found


def connect(to: pika.URLParameters) -> BlockingConnection:
    """A new connection; raises Unavailable."""
    with translated(to):
        return BlockingConnection(to)


@contextmanager
def translated(to: pika.URLParameters) -> Iterator[None]:
    """Raise Unavailable for whatever breaks a connection or a channel."""
    try:
        yield
    except ProbableAuthenticationError as exc:
        raise Unavailable(f"RabbitMQ at {to.host}:{to.port} refuses the user or the password") from exc
    except ChannelClosedByBroker as exc:
        if exc.reply_code == _PRECONDITION_FAILED:
            raise Conflict(f"RabbitMQ has the queue with other arguments: {exc.reply_text}") from exc
        raise Unavailable(f"RabbitMQ at {to.host}:{to.port} closed the channel: {exc.reply_text}") from exc
    except (AMQPError, OSError) as exc:
        sentence = " ".join(str(exc).split()) or type(exc).__name__
        raise Unavailable(f"RabbitMQ at {to.host}:{to.port} does not answer: {sentence}") from exc
