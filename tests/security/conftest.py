"""The console's own fixtures (tests/integration/console), for tests of what it must refuse."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "integration" / "console"
sys.path.insert(0, str(FOLDER))  # world.py, and what else its conftest imports

_spec = spec_from_file_location("console_fixtures", FOLDER / "conftest.py")  # `conftest` is this file's own name
assert _spec is not None
assert _spec.loader is not None
_fixtures = module_from_spec(_spec)
_spec.loader.exec_module(_fixtures)
globals().update({name: found for name, found in vars(_fixtures).items() if isinstance(found, type(_fixtures.world))})
