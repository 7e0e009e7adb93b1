"""Leases, heartbeats and small values: in process, or in Redis."""
