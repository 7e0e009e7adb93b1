"""A console at an address, by what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

import httpx

from common.settings import load_settings
from console.api.shapes.people import LoginWaysAnswer, MeAnswer
from maskwatch.client.alerts import Alerts, Events, Silences
from maskwatch.client.cameras import Cameras
from maskwatch.client.connection import Connection
from maskwatch.client.models import Datasets, Models, Runs, Trials
from maskwatch.client.people import Account, Audit, Tokens, Users
from maskwatch.client.privacy import Privacy
from maskwatch.client.receivers import Notifications, Receivers
from maskwatch.client.rules import Rules
from maskwatch.client.snapshots import Feedback, Snapshots
from maskwatch.client.statistics import Statistics
from maskwatch.client.stream import read_events
from maskwatch.client.system import Queues, System

PATIENCE_SECONDS = 30.0


class Client:
    """Thread-safe, keeps its connections, and is a context manager.

    Every method raises maskwatch.client.Problem for what the console refuses, Interrupted where it does not answer.
    What changes nothing is asked again meanwhile, with full jitter and as late as the console says, until
    `patience_seconds` are over.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        token: str | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """`url`: MASKWATCH_SERVER by default; `token`: MASKWATCH_TOKEN. Raises InvalidInput for what is no address."""
        if url is None or token is None:
            settings = load_settings()
            url = settings.server if url is None else url
            token = settings.token.get_secret_value() if token is None else token
        made = Connection(url, token, patience_seconds=patience_seconds, transport=transport)
        self._connection = made
        self.account = Account(made)
        self.alerts = Alerts(made)
        self.audit = Audit(made)
        self.cameras = Cameras(made)
        self.datasets = Datasets(made)
        self.events = Events(made)
        self.feedback = Feedback(made)
        self.models = Models(made)
        self.notifications = Notifications(made)
        self.privacy = Privacy(made)
        self.queues = Queues(made)
        self.receivers = Receivers(made)
        self.rules = Rules(made)
        self.runs = Runs(made)
        self.silences = Silences(made)
        self.snapshots = Snapshots(made)
        self.statistics = Statistics(made)
        self.system = System(made)
        self.tokens = Tokens(made)
        self.trials = Trials(made)
        self.users = Users(made)

    def me(self) -> MeAnswer:
        """Whose token this is."""
        return self._connection.read(MeAnswer, "GET", "me")

    def ways_to_log_in(self) -> LoginWaysAnswer:
        """How people log in there; needs no token."""
        return self._connection.read(LoginWaysAnswer, "GET", "login")

    def stream(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """(kind, body) of what changes as it does: camera, prediction, event, alert, …; the present state first.

        Ends when the console stops; raises Interrupted when the connection is lost: ask again then.
        """
        with self._connection.stream("GET", "stream", timeout=httpx.Timeout(30.0)) as response:
            yield from read_events(response.iter_lines())

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
