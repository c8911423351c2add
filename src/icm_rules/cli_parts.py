"""What several commands share: how a refusal is printed, a bar that shows progress, and a page of HTML."""

from __future__ import annotations

import contextlib
import enum
import html
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from icm_rules.engine.errors import IcmRulesError

_OF_TABLES = ("numpy", "pyarrow", "narwhals")
"""What the extra ``frames`` brings."""


class Status(enum.IntEnum):
    """What a command ends with; whatever is no mobility is in order or not, by the same numbers."""

    ELIGIBLE = 0
    NOT_ELIGIBLE = 1
    UNUSABLE = 2
    CANNOT_TELL_YET = 3
    IN_ORDER = 0
    NOT_IN_ORDER = 1


class Refusal(click.ClickException):
    """What was given cannot be used."""

    exit_code = Status.UNUSABLE

    def __init__(self, message: str) -> None:
        """Refuse with this message, and way out."""
        super().__init__(message)
        self.ctx = click.get_current_context()  # the line that is printed names the command by it


@contextlib.contextmanager
def refusals_in_one_line(name: str = "") -> Iterator[None]:
    """Turn what is wrong with files and values, and a missing extra, into the one line that the command prints.

    ``name`` is that of the file which is read, as it is shown.
    """
    try:
        yield
    except IcmRulesError as refusal:
        raise Refusal(": ".join(filter(None, (name, getattr(refusal, "field", None), str(refusal))))) from None
    except FileNotFoundError as error:
        message = f"{click.format_filename(error.filename)}: there is no such file; check the name and the folder"
        raise Refusal(message) from None
    except OSError as error:
        name = click.format_filename(error.filename) if error.filename else "the file"
        message = f"{name}: this cannot be read or written ({error.strerror or error}); check the name and the folder"
        raise Refusal(message) from None
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _OF_TABLES:
            raise
        message = f"tables need {error.name}, which is not installed: pip install 'icm-rules[frames]'"
        raise Refusal(message) from None


@contextlib.contextmanager
def progress_bar(*, quiet: bool) -> Iterator[Callable[[float], None]]:
    """Shows how much is done, from 0 to 1, on a terminal at standard error; it is gone when all is done."""
    if quiet or not (isinstance(sys.stderr, io.TextIOWrapper) and sys.stderr.isatty()):
        yield lambda _: None
        return
    import rich.console
    import rich.progress

    columns = (rich.progress.BarColumn(), rich.progress.TaskProgressColumn(), rich.progress.TimeRemainingColumn())
    with rich.progress.Progress(*columns, console=rich.console.Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=1.0)
        yield lambda done: progress.update(task, completed=done)


def one_line(text: str) -> str:
    """The text without signs that would steer a terminal."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)


_PAGE = (
    '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title>\n'
    "<style>body{{font-family:sans-serif;margin:1.5em auto;max-width:64em;padding:0 1em}}"
    "details{{margin:.4em 0}}summary{{cursor:pointer}}</style></head>\n"
    "<body>\n{body}</body>\n</html>\n"
)


def check_output(file: Path | None) -> None:
    """Refuse a file that cannot be written, before any work is done; *None* is no file, and nothing is written.

    Raises:
        Refusal: it is a folder, or its folder is not there.

    """
    if file is None:
        return
    name = click.format_filename(file)
    if file.is_dir():
        message = f"{name} cannot be written: this is a folder; name a file to be written"
        raise Refusal(message)
    if not file.resolve().parent.is_dir():
        folder = click.format_filename(file.parent)
        message = f"{name} cannot be written: there is no folder {folder}; make it, or check the name"
        raise Refusal(message)


def write_page(file: Path, title: str, body: str) -> None:
    """Write a piece of HTML as a page of its own.

    Raises:
        Refusal: see :func:`check_output`.
        OSError: it cannot be written.

    """
    check_output(file)
    file.write_text(_PAGE.format(title=html.escape(title), body=body), "utf-8")
