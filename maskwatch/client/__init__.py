"""The console's API from Python: docs/client.md.

from maskwatch.client import Client

with Client("https://masks.example", token="…") as console:
    for alert in console.alerts.list(state="firing"):
        print(alert.summary)
"""

from maskwatch.client.client import Client
from maskwatch.client.connection import Picture
from maskwatch.client.errors import Busy, InConflict, Interrupted, NotAllowed, NotThere, Problem, Refused, WrongInput

__all__ = [
    "Busy",
    "Client",
    "InConflict",
    "Interrupted",
    "NotAllowed",
    "NotThere",
    "Picture",
    "Problem",
    "Refused",
    "WrongInput",
]
