"""What the services need of the outside world; common/adapters has the real things, one per technology.

Each port has one contract suite in tests/contract that runs on every adapter of it.
"""
