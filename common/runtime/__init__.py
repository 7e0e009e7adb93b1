"""What keeps a service running: the consume loop, backoff, logs, health and the clean stop."""
