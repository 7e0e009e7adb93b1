"""What can go wrong in training and is worth one clear sentence to the user.

TrainingError
├── DataMissing        a folder or file of the data set is not there
├── BrokenAnnotations  a label file does not hold what its format promises
├── UnknownClass       a label has a class that nothing says how to read
├── TooFewPictures     a data set cannot be split as asked
├── NotARun            a folder holds no training run
├── InvalidOption      an option's value is wrong; also an InvalidInput
├── BrokenAnswers      a file of a finder's answers holds something else
├── TooFewTeachers     agreement was asked of a single teacher
├── BrokenCheckpoint   a checkpoint cannot be read or belongs to another network
├── WrongModel         a weights folder holds no model, or one of another kind than was asked for
├── VersionExists      a version of a model is there and would be overwritten; also a Conflict
├── UnknownFinder      no face finder has this name
└── PackageMissing     the optional dependencies of training are not installed
"""

from __future__ import annotations

from common.errors import Conflict, InvalidInput, PermanentError


class TrainingError(PermanentError):
    """The parent of every error that is the user's to fix."""

    code = "training"


class DataMissing(TrainingError):
    """A folder or file of the data set is not there."""

    code = "data_missing"


class BrokenAnnotations(TrainingError):
    """A label file does not hold what its format promises."""

    code = "broken_annotations"


class UnknownClass(TrainingError):
    """A label has a class that nothing says how to read."""

    code = "unknown_class"


class TooFewPictures(TrainingError):
    """A data set cannot be split as asked."""

    code = "too_few_pictures"


class NotARun(TrainingError):
    """A folder holds no training run."""

    code = "not_a_run"


class InvalidOption(TrainingError, InvalidInput):
    """An option's value is wrong."""

    code = "invalid_option"


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
    """A weights folder holds no model, or one of another kind than was asked for."""

    code = "wrong_model"


class VersionExists(TrainingError, Conflict):
    """A version of a model is there and would be overwritten."""

    code = "version_exists"


class UnknownFinder(TrainingError):
    """No face finder has this name."""

    code = "unknown_finder"


class PackageMissing(TrainingError):
    """The optional dependencies of training are not installed."""

    code = "package_missing"
