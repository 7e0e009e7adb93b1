"""The classifier's second output: its features, turned so that they tell people apart for some minutes.

groups.py       the same people in several pictures
projection.py   the directions in which people differ and pictures of one do not, and how well they separate
widen.py        a version of a classifier with that output, its logits unchanged
"""
