"""The one training loop and what it needs: average, schedule, processes, run folder."""
