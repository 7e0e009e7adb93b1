"""Queues: an embedded file, or RabbitMQ."""
