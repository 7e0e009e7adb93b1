"""Training runs as they lie in their folders: what was asked for, how it went, what came out."""
