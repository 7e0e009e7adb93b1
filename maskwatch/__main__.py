"""`maskwatch`, also `python -m maskwatch`."""

from __future__ import annotations

import sys

from common.errors import InvalidInput, MaskwatchError

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells report it


def main() -> None:
    """Run the CLI: an error a user can meet is one line on stderr; `--debug` shows where it came from."""
    try:
        from maskwatch.cli.app import app  # takes a second, in which somebody may press Ctrl-C

        app()
    except MaskwatchError as exc:
        if "--debug" in sys.argv:
            raise
        print(f"maskwatch: {exc}", file=sys.stderr)
        sys.exit(EXIT_USAGE if isinstance(exc, InvalidInput) else EXIT_FAILED)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)


if __name__ == "__main__":
    main()
