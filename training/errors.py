"""What can go wrong in training and is worth one clear sentence to the user.

TrainingError
├── DataMissing        a folder or file of the data set is not there
├── BrokenAnnotations  a label file does not hold what its format promises
├── BrokenAnswers      a file of a finder's answers holds something else
├── TooFewTeachers     agreement was asked of a single teacher
├── BrokenCheckpoint   a checkpoint cannot be read or belongs to another network
├── WrongModel         a weights folder holds a model of another kind than was asked for
├── UnknownFinder      no face finder has this name
└── PackageMissing     the optional dependencies of training are not installed
"""

from __future__ import annotations

from common.errors import PermanentError


class TrainingError(PermanentError):
    """The parent of every error that is the user's to fix."""

    code = "training"


class DataMissing(TrainingError):
    """A folder or file of the data set is not there."""

    code = "data_missing"


class BrokenAnnotations(TrainingError):
    """A label file does not hold what its format promises."""

    code = "broken_annotations"


class BrokenAnswers(TrainingError):
    """A file of a finder's answers holds something else."""

    code = "broken_answers"


class TooFewTeachers(TrainingError):
    """Agreement was asked of a single teacher."""

    code = "too_few_teachers"


class BrokenCheckpoint(TrainingError):
    """A checkpoint cannot be read or belongs to another network."""

    code = "broken_checkpoint"


class WrongModel(TrainingError):
    """A weights folder holds a model of another kind than was asked for."""

    code = "wrong_model"


class UnknownFinder(TrainingError):
    """No face finder has this name."""

    code = "unknown_finder"


class PackageMissing(TrainingError):
    """The optional dependencies of training are not installed."""

    code = "package_missing"
