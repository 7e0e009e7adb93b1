"""The real things behind the ports, one folder per port and one file per technology; `open.py` picks by URL."""
