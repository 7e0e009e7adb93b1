"""Datasets, training runs, evaluation and export of the networks; ships no service."""
