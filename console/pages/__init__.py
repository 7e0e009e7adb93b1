"""The web UI: one page per file, drawn with NiceGUI over the same functions as the API."""
