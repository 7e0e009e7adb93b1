"""Cleaner labels: what several finders say of the same pictures, and what becomes of the labels for it."""
