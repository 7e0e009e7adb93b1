"""The operator's HTTP API and web UI.

request -> app (headers, session guard) -> api/*.py -> the use cases beside this file -> ports
           `-> web/: the pages, which ask the API
"""
