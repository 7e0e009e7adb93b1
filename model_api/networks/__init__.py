"""The torch definitions of the networks: each is defined once, here, and used by training and by the torch engine."""
