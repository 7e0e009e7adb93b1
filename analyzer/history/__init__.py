"""What happened before a camera: a pure fold over its predictions in the order of capture.

state.py   a camera after a picture, and how far back one can go
fold.py    one picture more, and many
plan.py    which pictures to fold for those that arrived, from where, and what was stored of that time
turns.py   what the fold changed of what was stored
"""
