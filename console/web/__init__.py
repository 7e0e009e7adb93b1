"""The web UI: plain ES modules under static/, over the REST API alone; no page has anything on the server."""
