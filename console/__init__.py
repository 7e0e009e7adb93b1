"""The operator's HTTP API and web UI.

request -> app (headers, session guard) -> api/*.py or pages/*.py -> the use cases beside this file -> ports
"""
