"""What the commands read: the mobilities of a file or of standard input, or the one line that says why not."""

from __future__ import annotations

import sys
import typing
from pathlib import Path

import click

from icm_rules.adapters.plain import Entry, Refused, read_mobilities

STANDARD_INPUT = "-"
"""The name of a file that stands for standard input."""


def entries_of(file: str, call: int | None) -> list[Entry]:
    """The mobilities of one file, or its refusal."""
    read = content_of(file)
    if isinstance(read, Refused):
        return [read]
    name, content = read
    return read_mobilities(content, name, call=call)


def content_of(file: str, what: str = "mobility") -> tuple[str, bytes] | Refused:
    """The name of a file as it is shown, and what it holds; or why it cannot be read. ``-`` is standard input."""
    name = "<stdin>" if file == STANDARD_INPUT else click.format_filename(file)
    try:
        return name, _standard_input() if file == STANDARD_INPUT else Path(file).read_bytes()
    except (OSError, ValueError) as error:
        message = _why_unreadable(Path(file), error)
        return Refused(name=name, position=None, field=None, message=message, what=what)


def _standard_input() -> bytes:
    """All of standard input; a program may start without one.

    Raises:
        OSError: there is none, or it cannot be read.

    """
    stdin: typing.TextIO | None = sys.stdin
    if stdin is None:
        message = "there is no standard input"
        raise OSError(message)
    return stdin.buffer.read()


def _why_unreadable(path: Path, error: OSError | ValueError) -> str:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return "there is no such file; check the name and the folder"
        case OSError() if path.is_dir():
            return "this is a folder; name the files in it"
        case PermissionError():
            return "the file may not be read; ask for the right to read it"
        case _:
            return f"this cannot be read ({getattr(error, 'strerror', None) or error}); check the name"
