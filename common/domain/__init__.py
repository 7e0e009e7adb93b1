"""The words of the system as frozen values: no I/O, no client library, no clock.

Camera -> Snapshot (a shot that was taken) -> Job -> Prediction -> Event -> Alert
"""
