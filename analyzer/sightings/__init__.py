"""People counted once, across shots that lie seconds apart."""
