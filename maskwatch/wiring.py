"""Settings -> adapters -> services: the only place that knows which class stands behind a port.

Imports of services are lazy: a process loads only what it runs, and an image holds only what it needs.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from common.adapters.open import open_broker, open_coordination, open_repository, open_store
from common.domain.alert import Alert
from common.domain.camera import Camera
from common.domain.discovery import FoundCamera, Search
from common.domain.keeping import Keeping
from common.domain.probe import Probe
from common.domain.rule import Rule
from common.errors import InvalidInput
from common.ports.broker import Broker
from common.ports.clock import new_id
from common.ports.coordination import Coordination
from common.ports.detector import Detector
from common.ports.repository import Repository
from common.ports.store import ObjectStore
from common.runtime.health import Check
from common.runtime.load import LoadMeter
from common.runtime.service import Run
from common.settings import Settings
from maskwatch.addresses import address_check
from maskwatch.backtests import Backtests
from maskwatch.entrance import identity_provider, read_proxies, session_key
from maskwatch.keys import encryption_keys, new_key
from maskwatch.telling import Messenger, outbox

if TYPE_CHECKING:
    from fastapi import FastAPI

    from analyzer.upkeep.policy import Policy
    from console.context import Console
    from maskwatch.looks import Looks

OnAlert = Callable[[Alert, Camera, Rule], None]


class Service(Protocol):
    """What runs until it is told to stop, and can say whether it is ready."""

    @property
    def run(self) -> Run: ...
    @property
    def checks(self) -> Mapping[str, Check]: ...


class Worker(Service, Protocol):
    """A service that works off a queue."""

    @property
    def load(self) -> LoadMeter: ...


@dataclass(frozen=True, kw_only=True)
class Adapters:
    """The ports that a service may need, opened from the settings."""

    broker: Broker
    store: ObjectStore
    repository: Repository
    coordination: Coordination

    def close(self) -> None:
        """Close all, the broker first: nothing may arrive any more."""
        self.broker.close()
        self.store.close()
        self.coordination.close()
        self.repository.close()


def open_adapters(settings: Settings) -> Adapters:
    """Open every port by its URL. Connects lazily: a server that is away is no error yet."""
    prepare_folder(settings.data)
    keys = encryption_keys(settings)
    return Adapters(
        broker=open_broker(settings.broker_url),
        store=open_store(
            settings.store_url,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key.get_secret_value(),
        ),
        repository=open_repository(settings.database_url, keys=keys),
        coordination=open_coordination(settings.coordination),
    )


def prepare_folder(folder: Path) -> None:
    """Make the data folder. Raises InvalidInput naming the setting when that is impossible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise InvalidInput(f"MASKWATCH_DATA={str(folder)!r}: cannot make this folder: {exc.strerror}") from exc


def open_detector(settings: Settings, *, is_live: bool = False) -> Detector:
    """The models: in process (`local://`), or a model API's address.

    A live one, of a service that runs for long, follows the aliases of its models.
    """
    scheme = settings.detector.partition("://")[0]
    if scheme == "local":
        from model_api.local import open_local_detector

        return open_local_detector(settings, is_live=is_live)
    if scheme in ("http", "https"):
        from common.adapters.detectors.http import HttpDetector

        return HttpDetector(settings.detector)
    raise InvalidInput(
        f"MASKWATCH_DETECTOR={settings.detector!r}: unknown scheme; known are local://, http://, https://"
    )


def grabber_service(settings: Settings, adapters: Adapters) -> Service:
    """Shots of this replica's share of the cameras."""
    from grabber.service import GrabberService

    return GrabberService(
        repository=adapters.repository,
        store=adapters.store,
        broker=adapters.broker,
        coordination=adapters.coordination,
        replica=replica_name(settings),
        spool_dir=settings.data / "spool",
        spool_bytes=settings.spool_megabytes * 1_000_000,
        lease_seconds=settings.lease_seconds,
        shot_timeout_seconds=settings.shot_timeout_seconds,
        freshness_seconds=settings.freshness_seconds,
        jpeg_quality=settings.jpeg_quality,
        skip_same=settings.skip_same,
        hang_up_seconds=settings.hang_up_seconds,
        ca_file=settings.ca_file,
        addresses=address_check(settings),
    )


def processor_service(settings: Settings, adapters: Adapters, detector: Detector) -> Worker:
    """Jobs to predictions."""
    from processor.appearances import Notes
    from processor.service import ProcessorService

    return ProcessorService(
        broker=adapters.broker,
        store=adapters.store,
        detector=detector,
        batch=settings.batch,
        variant=settings.variant,
        tiles=settings.tiles,
        notes=Notes(adapters.coordination) if settings.appearance == "on" else None,
        keeps_crops=settings.keep_crops_hours > 0,
    )


def analyzer_service(settings: Settings, adapters: Adapters, *, on_alert: OnAlert | None = None) -> Worker:
    """Predictions to events, alerts and statistics; the messages about them; and what is kept of all that."""
    from analyzer.alerting.notice import notice, tick
    from analyzer.evaluation import nothing_recalled
    from analyzer.service import AnalyzerService
    from analyzer.sightings.memory import Memory
    from analyzer.upkeep.service import Upkeep

    upkeep = Upkeep(
        repository=adapters.repository,
        store=adapters.store,
        broker=adapters.broker,
        coordination=adapters.coordination,
        policy=retention_policy(settings),
        owner=replica_name(settings),
    )
    return AnalyzerService(
        repository=adapters.repository,
        broker=adapters.broker,
        coordination=adapters.coordination,
        replica=replica_name(settings),
        recall=Memory(adapters.coordination) if settings.appearance == "on" else nothing_recalled,
        notice=partial(notice, new_id=new_id),
        tick=partial(tick, new_id=new_id),
        on_alert=on_alert,
        beside={"analyzer-upkeep": upkeep.run, "analyzer-outbox": outbox(settings, adapters).run},
    )


def retention_policy(settings: Settings) -> Policy:
    """How long what is kept; in the settings 0 means no such limit."""
    from analyzer.upkeep.policy import Policy

    def days(number: float) -> timedelta | None:
        return timedelta(days=number) if number else None

    return Policy(
        keep_clean=days(settings.keep_clean_days),
        keep_alerts=days(settings.keep_alert_days),
        keep_feedback=days(settings.keep_feedback_days),
        keep_audit=days(settings.keep_audit_days),
        keep_crops=timedelta(hours=settings.keep_crops_hours),
        limit_bytes=settings.store_megabytes * 1_000_000 or None,
    )


def console_looks(settings: Settings, *, detector: Detector | None = None) -> Looks:
    """What the console looks with; `detector`: one that is open already, else one is opened when it is needed."""
    from maskwatch.looks import Looks

    return Looks(settings, partial(open_detector, is_live=True), detector=detector)


def console_app(settings: Settings, adapters: Adapters, looks: Looks) -> FastAPI:
    """The operator's API and pages."""
    from console.app import create_app
    from console.modelling import Models
    from maskwatch.records import TrainingFolder
    from maskwatch.shelf import Shelf

    return create_app(
        repository=adapters.repository,
        store=adapters.store,
        coordination=adapters.coordination,
        broker=adapters.broker,
        probe=prober(settings),
        discover=finder(settings),
        addresses=address_check(settings),
        allows_files=settings.allow_files,
        messenger=Messenger(settings),
        backtest=Backtests(settings, keys=encryption_keys(settings)),
        models=Models(looking=looks, shelf=Shelf(settings), records=TrainingFolder(settings)),
        keeps_crops=settings.keep_feedback_crops,
        keeping=keeping(settings),
        proxies=read_proxies(settings),
        provider=identity_provider(settings),
        external_url=settings.external_url,
        secret_key=session_key(settings),
    )


def console_context(settings: Settings, adapters: Adapters) -> Console:
    """What the console's use cases work with, for commands that call them without its server."""
    from console.context import Console

    return Console(
        repository=adapters.repository,
        store=adapters.store,
        coordination=adapters.coordination,
        broker=adapters.broker,
        probe=prober(settings),
        discover=finder(settings),
        addresses=address_check(settings),
        allows_files=True,  # whoever runs commands may read the files anyway
        messenger=Messenger(settings),
        backtest=Backtests(settings, keys=encryption_keys(settings)),
        keeps_crops=settings.keep_feedback_crops,
        keeping=keeping(settings),
        secret_key=new_key(),  # there are no sessions
    )


def keeping(settings: Settings) -> Keeping:
    """How long what is kept, as the console tells it."""
    return Keeping(
        clean_days=settings.keep_clean_days,
        store_megabytes=settings.store_megabytes,
        alert_days=settings.keep_alert_days,
        feedback_days=settings.keep_feedback_days,
        keeps_judged_faces=settings.keep_feedback_crops,
        crops_hours=settings.keep_crops_hours,
        audit_days=settings.keep_audit_days,
        follows_looks=settings.appearance == "on",
    )


def prober(settings: Settings) -> Callable[[Camera], Probe]:
    """Looks at a camera's stream; needs the grabber's libraries only once it is called."""

    def look(camera: Camera) -> Probe:
        from grabber.probe import probe

        return probe(
            camera,
            timeout=settings.shot_timeout_seconds,
            ca_file=settings.ca_file,
            addresses=address_check(settings),
        )

    return look


def finder(settings: Settings) -> Callable[[Search], Sequence[FoundCamera]]:
    """Looks for cameras in the network; needs the grabber's libraries only once it is called."""

    def look(search: Search) -> Sequence[FoundCamera]:
        from grabber.discovery import discover

        return discover(search, addresses=address_check(settings))

    return look


def replica_name(settings: Settings) -> str:
    """This worker's name among its replicas."""
    return settings.replica or f"{socket.gethostname()}-{os.getpid()}"
