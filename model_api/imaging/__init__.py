"""Where pictures become the networks' inputs: siblings of one shape, on the host and on a GPU."""

from __future__ import annotations

from model_api.engines.choose import Choice
from model_api.imaging.host import HostImaging
from model_api.imaging.imaging import Imaging


def open_imaging(choice: Choice) -> Imaging:
    """On the device that runs the networks, if that is a GPU; its library is imported now, not before."""
    if choice.device == "cpu":
        return HostImaging()
    from model_api.imaging.torch import open_on_cuda

    return open_on_cuda()
