"""The composition root: settings -> adapters -> services, the CLI, and the simulated camera."""
