"""What every use case of the console works with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from common.domain.camera import Camera
from common.domain.discovery import FoundCamera, Search
from common.domain.keeping import NOTHING_SAID, Keeping
from common.domain.probe import Probe
from common.errors import Unavailable
from common.outbound.check import UNCHECKED, AddressCheck
from common.ports.broker import Broker
from common.ports.clock import Clock, NewId, new_id, utc_now
from common.ports.coordination import Coordination
from common.ports.repository import Repository
from common.ports.store import ObjectStore
from console.backtesting import Backtesting
from console.messenger import Messenger
from console.modelling import Models
from console.proxies import Proxies
from console.vouching import IdentityProvider

ProbeCamera = Callable[[Camera], Probe]  # raises StreamError with a code and a sentence
Discover = Callable[[Search], Sequence[FoundCamera]]  # raises InvalidInput for hosts that are none


@dataclass(frozen=True, kw_only=True)
class Console:
    """Made once by the composition root; the API and the pages call the same functions with it."""

    repository: Repository
    store: ObjectStore
    coordination: Coordination
    broker: Broker
    probe: ProbeCamera
    discover: Discover
    messenger: Messenger
    backtest: Backtesting
    models: Models | None = None
    addresses: AddressCheck = UNCHECKED  # where cameras may be
    allows_files: bool = False  # of this machine, as cameras
    keeps_crops: bool = False  # of faces that people judge
    keeping: Keeping = NOTHING_SAID  # how long what is kept
    proxies: Proxies = field(default_factory=Proxies)
    provider: IdentityProvider | None = None  # where people log in beside here
    external_url: str = ""  # the console as browsers reach it
    secret_key: str = field(repr=False)  # ties a CSRF token to its session
    clock: Clock = utc_now
    new_id: NewId = new_id

    def known_models(self) -> Models:
        """Raises Unavailable where this console was made without."""
        if self.models is None:
            raise Unavailable("this console knows no models")
        return self.models
