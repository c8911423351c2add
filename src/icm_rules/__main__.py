"""The command ``icm-rules``, also started by ``python -m icm_rules``; what it does stands in :mod:`icm_rules.cli`."""

from __future__ import annotations

import sys

_NEEDED = ("click", "rich")


def main() -> None:
    """Run the command; where its extra is not installed, say in one line what to install, and exit with 2."""
    try:
        from icm_rules.cli import command
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _NEEDED:
            raise
        sys.stderr.write("the command needs the extra \"cli\": pip install 'icm-rules[cli]'\n")
        sys.exit(2)
    command(prog_name="icm-rules")


if __name__ == "__main__":
    main()
