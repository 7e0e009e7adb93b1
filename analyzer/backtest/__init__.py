"""A rule tried on stored predictions: what it would have done, by the very code that does it.

plausible.py  how much faces can do for anybody being called what the rule looks for
replay.py     one camera's past: when the rule would have fired
paper.py      a unit of work on paper, for what would have been told
messages.py   how many messages it would have been
summary.py    firings and messages, day by day
run.py        all cameras, on as many cores as there are
"""
