"""Every metric of the system, declared once. Never a person or a track as a label."""

from __future__ import annotations

import math

from prometheus_client import Counter, Gauge, Histogram

AGE_BUCKETS = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300)
DIFFERENCE_BUCKETS = (-0.5, -0.2, -0.1, -0.05, -0.02, 0, 0.02, 0.05, 0.1, 0.2, 0.5)

SNAPSHOTS = Counter("maskwatch_snapshots", "Scheduled shots by what became of them", ["camera", "outcome"])
SNAPSHOT_AGE = Histogram("maskwatch_snapshot_age_seconds", "From capture to prediction", buckets=AGE_BUCKETS)
CAMERA_UP = Gauge("maskwatch_camera_up", "1 while pictures come", ["camera"])
HANG_UPS = Counter("maskwatch_hang_ups", "Times a camera was hung up until its next shot, to save work", ["camera"])
FENCED = Counter("maskwatch_fenced", "Shots refused because another grabber had the camera by then", ["where"])
CAMERA_DEGRADED = Gauge("maskwatch_camera_degraded", "1 while most pictures are refused", ["camera"])
CAMERA_INTERVAL = Gauge(
    "maskwatch_camera_interval_seconds", "Between two shots: desired, and effective under overload", ["camera", "kind"]
)
STRETCH = Gauge("maskwatch_interval_stretch", "Shots wanted over shots allowed; 1: no overload")
HEADROOM = Gauge("maskwatch_headroom_cameras", "Cameras more at one shot per 5 s, when the console was last asked")
STRETCH.set(math.nan)  # until somebody knows: 0 would be a statement
HEADROOM.set(math.nan)
QUEUE_OLDEST_AGE = Gauge("maskwatch_queue_oldest_age_seconds", "Age of the oldest message waiting", ["queue"])
JOBS = Counter("maskwatch_jobs", "Jobs by what became of them", ["outcome"])
INFERENCE = Histogram("maskwatch_inference_seconds", "Time of one stage for one batch", ["stage"])
INFERENCE_QUEUE = Histogram("maskwatch_inference_queue_seconds", "Time a picture waited for its batch")
BATCH_SIZE = Histogram("maskwatch_batch_size", "Pictures in a batch", buckets=(1, 2, 4, 8, 16, 32, 64))
PREDICTIONS = Counter("maskwatch_predictions", "Faces by label", ["label"])
EVENTS = Counter("maskwatch_events", "Events by the state they entered", ["state"])
ALERTS_FIRING = Gauge("maskwatch_alerts_firing", "Alerts firing now")
NOTIFICATIONS = Counter("maskwatch_notifications", "Messages sent to people", ["receiver", "result"])
SPOOL_BYTES = Gauge("maskwatch_spool_bytes", "Bytes on disk that wait for the store or the broker")
MODEL_SWAPS = Counter("maskwatch_model_swaps", "Models that were to be exchanged, by what came of it", ["result"])
SHADOW_PICTURES = Counter("maskwatch_shadow_pictures", "Pictures for the challenger by what came of them", ["result"])
SHADOW_FACES = Counter("maskwatch_shadow_faces", "Faces by who of champion and challenger found them", ["found_by"])
SHADOW_LABELS = Counter("maskwatch_shadow_labels", "Faces that both found, by both labels", ["champion", "challenger"])
SHADOW_SCORE = Histogram(
    "maskwatch_shadow_score_difference", "Challenger's score less the champion's", buckets=DIFFERENCE_BUCKETS
)
