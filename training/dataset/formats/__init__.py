"""Label formats of others and our own: each file reads and writes one of them through `labelled.py`'s values."""
