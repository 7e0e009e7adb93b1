"""What can go wrong in training and is worth one clear sentence to the user.

TrainingError
    DataMissing        a folder or file of the data set is not there
    BrokenAnnotations  a label file does not hold what its format promises
    BrokenCheckpoint   a checkpoint cannot be read or belongs to another network
"""

from __future__ import annotations


class TrainingError(Exception):
    """The parent of every error that is the user's to fix."""


class DataMissing(TrainingError):
    """A folder or file of the data set is not there."""


class BrokenAnnotations(TrainingError):
    """A label file does not hold what its format promises."""


class BrokenCheckpoint(TrainingError):
    """A checkpoint cannot be read or belongs to another network."""
