"""Suspicious labels: found by the models, shown on a page, decided by a person, applied to a copy."""
