"""What a model is worth: average precision, shares with intervals, calibration."""
