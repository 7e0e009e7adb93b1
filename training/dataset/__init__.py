"""Labelled pictures: reading, checking, caching."""
