"""The commands, a file per noun; `app.py` puts them together."""
