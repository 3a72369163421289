"""The command `coldgap`, as `python -m coldgap` and as the script that the wheel installs."""

import signal
import sys

from . import _coldgap


def main() -> int:
    """Runs this process's command line; its exit code."""
    # The command has its own way to stop.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return int(_coldgap.command(["coldgap", *sys.argv[1:]]))


if __name__ == "__main__":
    sys.exit(main())
