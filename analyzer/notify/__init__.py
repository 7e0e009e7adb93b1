"""The outbox worked off: messages made when they are sent, each to its receiver, until it arrived or was given up.

Outbox -> compose (texts, picture) -> channel (apprise, webhook, alertmanager, mqtt)
"""
