"""Face detectors of others and our own behind one call: teachers and peers."""
