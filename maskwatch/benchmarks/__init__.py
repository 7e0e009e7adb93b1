"""What every benchmark of tests/bench shares: its options, its report, where it ran, and how both are shown."""
