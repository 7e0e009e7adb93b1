"""The console whole: the API and the web UI on one port."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import HTTPConnection

from common.domain.keeping import NOTHING_SAID, Keeping
from common.outbound.check import UNCHECKED, AddressCheck
from common.ports.broker import Broker
from common.ports.clock import Clock, NewId, new_id, utc_now
from common.ports.coordination import Coordination
from common.ports.repository import Repository
from common.ports.store import ObjectStore
from console.api.access import find_identity
from console.api.build import create_api
from console.backtesting import Backtesting
from console.context import Console, Discover, ProbeCamera
from console.errors import NotAllowed
from console.guard import SecurityHeaders, SessionGuard
from console.messenger import Messenger
from console.modelling import Models
from console.proxies import Proxies
from console.vouching import IdentityProvider
from console.web.serve import add_web


def create_app(
    *,
    repository: Repository,
    store: ObjectStore,
    coordination: Coordination,
    broker: Broker,
    probe: ProbeCamera,
    discover: Discover,
    messenger: Messenger,
    backtest: Backtesting,
    secret_key: str,
    proxies: Proxies | None = None,
    provider: IdentityProvider | None = None,
    external_url: str = "",
    models: Models | None = None,
    addresses: AddressCheck = UNCHECKED,
    allows_files: bool = False,
    keeps_crops: bool = False,
    keeping: Keeping = NOTHING_SAID,
    clock: Clock = utc_now,
    new_id: NewId = new_id,
) -> FastAPI:
    """The API and the web UI."""
    console = Console(
        repository=repository,
        store=store,
        coordination=coordination,
        broker=broker,
        probe=probe,
        discover=discover,
        messenger=messenger,
        backtest=backtest,
        models=models,
        secret_key=secret_key,
        proxies=proxies or Proxies(),
        provider=provider,
        external_url=external_url,
        addresses=addresses,
        allows_files=allows_files,
        keeps_crops=keeps_crops,
        keeping=keeping,
        clock=clock,
        new_id=new_id,
    )
    app = create_api(console)
    add_web(app)

    def has_session(connection: HTTPConnection) -> bool:
        try:
            return find_identity(connection, console) is not None
        except NotAllowed:  # a proxy says of them what makes no sense
            return False

    app.add_middleware(SessionGuard, has_session=has_session)
    app.add_middleware(SecurityHeaders)  # outermost: the redirect to the login carries them too
    return app
