"""Which other machines we connect to when a user names an address: checked when it is saved, and at each connection."""
