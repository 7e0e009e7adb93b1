"""From alerts to people: who is told of what, when, and why not.

    notice, tick -> join (group) -> stages (inhibit, silence, snooze, schedule, throttle, route) -> ask (outbox)

What is decided follows from what is stored, not from what just happened: asking twice changes nothing, and what was
held is told once nothing holds it any more.
"""
