"""What the processor itself takes for a shot: job in, picture fetched, prediction out; the models answer at once."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping, Sequence

from real_servers import own_bucket, own_virtual_host

from bench.units.samples import FACE, HEIGHT, MODEL, TIMINGS_MS, WIDTH, job
from common.adapters.open import open_broker, open_store
from common.domain.prediction import PictureResult
from common.messages import JOBS, encode
from common.ports.broker import Broker
from common.ports.detector import DetectOptions
from common.ports.store import ObjectStore
from maskwatch.benchmarks.report import Figure
from processor.service import ProcessorService

PICTURE_BYTES = 180_000  # 1920x1080, JPEG 90
PATIENCE_SECONDS = 300.0


class InstantModels:
    """Two faces for every picture; tells when it has answered so many."""

    def __init__(self, pictures: int) -> None:
        self._open = pictures
        self.is_done = threading.Event()

    def predict(self, pictures: Sequence[bytes], *, options: DetectOptions | None = None) -> list[PictureResult]:
        """See common.ports.detector.Detector."""
        self._open -= len(pictures)
        if self._open <= 0:
            self.is_done.set()
        result = PictureResult(width=WIDTH, height=HEIGHT, faces=(FACE,) * 2, model=MODEL, timings_ms=TIMINGS_MS)
        return [result] * len(pictures)

    def check(self) -> None:
        """It is always there."""

    def close(self) -> None:
        """Nothing is open."""


def measure_processor(status: Mapping[str, str], *, shots: int) -> list[Figure]:
    """Take so many jobs that wait already through a processor in this process."""
    with own_virtual_host(dict(status)) as amqp_url, own_bucket(dict(status)) as store_url:
        broker = open_broker(amqp_url)
        store = open_store(store_url, access_key=status["s3_access_key"], secret_key=status["s3_secret_key"])
        keys = [job(number).image_key for number in range(shots)]
        try:
            _fill(broker, store, shots)
            cpu, seconds = _work_off(broker, store, shots)
        finally:
            store.delete(keys)
            store.close()
            broker.close()
    how = f"RabbitMQ and S3, pictures of {PICTURE_BYTES // 1000} kB, batches of 8, {shots} jobs that wait"
    return [
        Figure(
            name="processor.cpu",
            value=1000 * cpu / shots,
            unit="ms a shot",
            how=f"{how}; without its request to the model API",
        ),
        Figure(name="processor.pace", value=shots / seconds, unit="shots/s", how=f"{how}; models that answer at once"),
    ]


def _fill(broker: Broker, store: ObjectStore, shots: int) -> None:
    picture = random.Random(0).randbytes(PICTURE_BYTES)
    for number in range(shots):
        store.put(job(number).image_key, picture)
        broker.publish(JOBS, encode(job(number)))


def _work_off(broker: Broker, store: ObjectStore, shots: int) -> tuple[float, float]:
    """Processor time and time, seconds."""
    models, stop = InstantModels(shots), threading.Event()
    service = ProcessorService(broker=broker, store=store, detector=models, clock=lambda: job(0).captured_at)
    thread = threading.Thread(target=service.run, args=(stop,), name="processor")
    cpu, began = time.process_time(), time.perf_counter()
    thread.start()
    try:
        if not models.is_done.wait(PATIENCE_SECONDS):
            raise TimeoutError(f"{shots} jobs were not worked off in {PATIENCE_SECONDS:g} s")
    finally:
        stop.set()
        thread.join()
    return time.process_time() - cpu, time.perf_counter() - began
