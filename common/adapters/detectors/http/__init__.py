"""The model API over HTTP.

The way of a call: `detector` (pictures to results) -> `parts` (cut into requests) -> `connection` (send, and try again
as `retry` says) -> `answers` (JSON to values and errors).
"""

from common.adapters.detectors.http.detector import HttpDetector

__all__ = ["HttpDetector"]
