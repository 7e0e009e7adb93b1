"""A camera without a camera: an RTSP server of our own whose scene we draw, so that its truth is known."""

from maskwatch.simulation.process import RunningCameras, start_camera
from maskwatch.simulation.scene import Scene, TrueFace

__all__ = ["RunningCameras", "Scene", "TrueFace", "start_camera"]
