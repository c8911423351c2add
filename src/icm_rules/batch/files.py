"""Tables in files, as streams of record batches: Parquet, Arrow and CSV, read and written at constant memory."""

from __future__ import annotations

import codecs
import contextlib
import csv
import enum
import io
import os
import re
import secrets
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, BinaryIO, Self

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.ipc as arrow_ipc
import pyarrow.parquet as arrow_parquet

from icm_rules.engine.errors import InputError, did_you_mean, shown

ROWS_PER_BATCH = 65_536
"""Rows that go through together: enough that a batch costs no more than its rows, few enough for the cache."""
_BLOCK = 1 << 20
"""What is read of a CSV file at a time; a row that is longer is refused [bytes]."""
_LONGEST_HEADER = 1 << 20
"""Where the names of a CSV file's columns have not ended by then, it is no table [bytes]."""
_FIRST_DELIMITER = re.compile(r'(?:"[^"]*"|[^",;\r\n])*([,;])')
"""What parts the cells of a CSV file: the first comma or semicolon of its first line that stands in no quotes."""
_FILE_OF_ARROW = b"ARROW1"
"""What an Arrow file begins with; a stream of Arrow begins with its schema."""
_ROW_OF_ARROW = re.compile(r"Row #(\d+)")


class Format(enum.Enum):
    """The kinds of file that hold a table."""

    PARQUET = "Parquet"
    ARROW_FILE = "Arrow file"
    ARROW_STREAM = "Arrow stream"
    CSV = "CSV"


SUFFIXES = {
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
    ".arrow": Format.ARROW_FILE,
    ".feather": Format.ARROW_FILE,
    ".arrows": Format.ARROW_STREAM,
    ".csv": Format.CSV,
}
"""The kind of file by how its name ends; an Arrow file that is a stream all the same is read as one."""


def format_of(path: Path) -> Format:
    """The kind of a file by the end of its name, in capitals or not.

    Raises:
        InputError: nobody knows that end; the message lists those known.

    """
    found = SUFFIXES.get(path.suffix.lower())
    if found is None:
        ends = f"ends in {shown(path.suffix)}" if path.suffix else "has no end that tells what it is"
        message = (
            f"{path}: the name {ends}; name a file of one of these kinds: {', '.join(SUFFIXES)}"
            f"{did_you_mean(path.suffix.lower(), SUFFIXES)}"
        )
        raise InputError(message)
    return found


# --- reading -----------------------------------------------------------------------------------------------


def open_batches(path: Path | str, rows_per_batch: int = ROWS_PER_BATCH) -> Source:
    """The table in a file, to be gone through once in batches of ``rows_per_batch`` rows; only the last is shorter.

    A CSV file is UTF-8, its first line names the columns, and commas or semicolons part them. Each of its columns is
    text, and no type is guessed; a cell with nothing in it is null.

    Raises:
        InputError: the file is of no kind that is known, is not there, or is not what its name says.

    """
    path = Path(path)
    if rows_per_batch < 1:
        message = f"{shown(rows_per_batch)} rows to a batch are too few; write one or more"
        raise InputError(message, field="rows_per_batch")
    kind = format_of(path)
    with contextlib.ExitStack() as opened, _refused_by_name(path, kind):
        if path.is_dir():
            raise IsADirectoryError
        file = opened.enter_context(pa.OSFile(os.fspath(path), "rb"))
        if not file.size():
            message = f"{path}: the file is empty; a table has at least the names of its columns"
            raise InputError(message)
        schema, rows, batches = _READERS[kind](file)
        _check_names(path, schema)
        source = Source(path, kind, schema, rows, batches, rows_per_batch, file, opened.pop_all())
    return source  # noqa: RET504 -- within the block a type checker would miss the return where it is left early


class Source:
    """A table in a file: its columns, how many rows it has if that is known, and the rows in batches, once."""

    def __init__(  # noqa: PLR0913, PLR0917 -- made by `open_batches` alone
        self,
        path: Path,
        kind: Format,
        schema: pa.Schema,
        rows: int | None,
        batches: Iterator[pa.RecordBatch],
        rows_per_batch: int,
        file: pa.NativeFile,
        opened: contextlib.ExitStack,
    ) -> None:
        """A file that is open, and what has been seen of it."""
        self.path = path
        self.schema = schema
        self.rows = rows
        """How many rows the file has, where it says so before they are read: Parquet and Arrow files do."""
        self.rows_read = 0
        """How many rows have been given so far."""
        self._is_read = False
        self._kind = kind
        self._batches = batches
        self._rows_per_batch = rows_per_batch
        self._file = file
        self._opened = opened

    @property
    def progress(self) -> float:
        """How much of the file has been gone through, from 0 to 1: by rows where their number is known, else by bytes.

        Bytes are read ahead of the rows that are given.
        """
        if self._is_read or self._file.closed:
            return 1.0
        if self.rows is not None:
            return self.rows_read / self.rows if self.rows else 0.0
        return float(self._file.tell() / self._file.size())

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        """The batches in the order of the file; a table without rows is one batch without rows.

        Raises:
            InputError: the file cannot be read any further; the message names the row where Arrow tells it.

        """
        with _refused_by_name(self.path, self._kind):
            for batch in _in_batches_of(self._rows_per_batch, self._batches):
                self.rows_read += batch.num_rows
                yield batch
            self._is_read = True
            if not self.rows_read:
                yield pa.RecordBatch.from_pylist([], schema=self.schema)

    def __enter__(self) -> Self:
        """The source itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; there are no more batches then."""
        self._opened.close()


def _in_batches_of(rows: int, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows in batches of that many; what fits already is not copied."""
    waiting: list[pa.RecordBatch] = []
    held = 0
    for batch in batches:
        start = 0
        while start < batch.num_rows:
            part = batch.slice(start, rows - held)
            start += part.num_rows
            held += part.num_rows
            waiting.append(part)
            if held == rows:
                yield _as_one(waiting)
                waiting, held = [], 0
    if waiting:
        yield _as_one(waiting)


def _as_one(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    """Several batches as one, also where each has a dictionary of its own."""
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)


_Read = tuple[pa.Schema, int | None, Iterator[pa.RecordBatch]]
"""What a reader gives: the columns, the number of rows if the file tells it, and the batches."""


def _read_parquet(file: pa.NativeFile) -> _Read:
    read = arrow_parquet.ParquetFile(file)
    return read.schema_arrow, read.metadata.num_rows, read.iter_batches()


def _read_arrow(file: pa.NativeFile) -> _Read:
    """An Arrow file or a stream of Arrow, whichever it is: other programs give both the same name."""
    begins = file.read(len(_FILE_OF_ARROW))
    file.seek(0)
    if begins != _FILE_OF_ARROW:
        stream = arrow_ipc.open_stream(file)
        return stream.schema, None, iter(stream)
    read = arrow_ipc.open_file(file)
    return read.schema, _rows_in(read, file), map(read.get_batch, range(read.num_record_batches))


def _rows_in(read: arrow_ipc.RecordBatchFileReader, file: pa.NativeFile) -> int:
    """How many rows an Arrow file has; earlier versions of pyarrow do not tell, and one column of it is read then."""
    if hasattr(read, "count_rows"):
        return int(read.count_rows())
    first = arrow_ipc.IpcReadOptions(included_fields=[0] if len(read.schema) else [])
    column = arrow_ipc.open_file(file, options=first)
    return sum(column.get_batch(number).num_rows for number in range(column.num_record_batches))


def _read_csv(file: pa.NativeFile) -> _Read:
    head = file.read(_LONGEST_HEADER)
    file.seek(0)
    names, delimiter, is_all = _header(head)
    schema = pa.schema([(name, pa.string()) for name in names])
    if is_all:
        return schema, 0, iter(())
    reader = arrow_csv.open_csv(
        file,
        # Only in one thread does Arrow tell the row of what it cannot read; it is hardly slower.
        read_options=arrow_csv.ReadOptions(use_threads=False, block_size=_BLOCK),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter,
            newlines_in_values=True,
            # In a table of one column an empty line is a row of which nothing is told.
            ignore_empty_lines=len(names) > 1,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=schema, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=True
        ),
    )
    if reader.schema.names != names:
        # Then a column would be of a type that was guessed.
        message = f"its first line names the columns {', '.join(reader.schema.names)}, or {', '.join(names)}"
        raise pa.ArrowInvalid(message)
    return schema, None, iter(reader)


def _header(head: bytes) -> tuple[list[str], str, bool]:
    """The names of a CSV file's columns, what parts them, and whether there is nothing else in the file."""
    text = head.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace")
    parted = _FIRST_DELIMITER.match(text)
    delimiter = parted[1] if parted else ","
    names, length = _first_record(text, delimiter)
    if any("\N{REPLACEMENT CHARACTER}" in name for name in names):
        message = "the names of the columns are no UTF-8; it must be saved as CSV UTF-8"
        raise pa.ArrowInvalid(message)
    return names, delimiter, length == len(text) and len(head) < _LONGEST_HEADER


def _first_record(text: str, delimiter: str) -> tuple[list[str], int]:
    """The cells of the first record, and where it ends; a name in quotes may hold the end of a line."""
    lines = io.StringIO(text, newline="")
    try:
        return next(csv.reader(lines, delimiter=delimiter), []), lines.tell()
    except csv.Error as error:  # a cell longer than Python's limit
        message = f"its first line does not name columns ({error})"
        raise pa.ArrowInvalid(message) from None


_READERS: dict[Format, Callable[[pa.NativeFile], _Read]] = {
    Format.PARQUET: _read_parquet,
    Format.ARROW_FILE: _read_arrow,
    Format.ARROW_STREAM: _read_arrow,
    Format.CSV: _read_csv,
}


def _check_names(path: Path, schema: pa.Schema) -> None:
    for name in schema.names:
        if schema.names.count(name) > 1:
            message = f"{path}: there are two columns {shown(name)}; keep one, or rename the other"
            raise InputError(message, field=name)


@contextlib.contextmanager
def _refused_by_name(path: Path, kind: Format) -> Iterator[None]:
    """What goes wrong in reading a file, as one sentence with its name."""
    try:
        yield
    except FileNotFoundError:
        message = f"{path}: there is no such file; check the name and the folder"
        raise InputError(message) from None
    except IsADirectoryError:
        message = f"{path}: this is a folder; name a file in it"
        raise InputError(message) from None
    except PermissionError:
        message = f"{path}: the file may not be read; ask for the right to read it"
        raise InputError(message) from None
    except (pa.ArrowException, OSError, EOFError) as error:
        told = _ROW_OF_ARROW.search(str(error))
        # Arrow counts the line with the names; whoever looks at the table does not.
        place = f"{path}: row {int(told[1]) - 1}" if told else f"{path}"
        why = " ".join(_ROW_OF_ARROW.sub("", str(error)).split()).replace(": :", ":")
        message = f"{place}: this cannot be read as {kind.value} ({why}); check the file, or write it anew"
        raise InputError(message) from error


# --- writing -----------------------------------------------------------------------------------------------


def check_target(path: Path | str) -> None:
    """Refuse a place where no table can be written, before any work is done.

    Raises:
        InputError: the file would be of no kind that is known; its folder is not there; it is itself a folder, or
            something else that is no file.

    """
    path = Path(path)
    format_of(path)
    if path.exists() and not path.is_file():
        message = f"{path}: this is {'a folder' if path.is_dir() else 'no file'}; name a file to be written"
        raise InputError(message)
    if not path.resolve().parent.is_dir():
        message = f"{path}: there is no folder {path.parent}; make it, or check the name"
        raise InputError(message)


def write_batches(path: Path | str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """Write batches of these columns to a file of the kind its name says; gives the number of rows.

    They are written beside it, and take its place in one step once all are there: whatever goes wrong before, or is
    interrupted, leaves what was there as it was, and nothing else. Only who is killed outright leaves what is
    unfinished behind, in a hidden file that ends in ``.unfinished``. Words that are held once in a dictionary stay so
    in Parquet and in streams of Arrow. Arrow files have one dictionary for all batches, which a stream cannot know, and
    CSV has none: there they are written out.

    Raises:
        InputError: see :func:`check_target`; or a column is of a type that such a file cannot hold.
        OSError: the file cannot be written.

    """
    path = Path(path)
    check_target(path)
    kind = format_of(path)
    # A link stays, and the file it leads to is replaced.
    target = path.resolve()
    unfinished = target.with_name(f".icm-rules-{secrets.token_hex(8)}.unfinished")
    try:
        with _ended_tidily(), unfinished.open("xb") as file:
            rows = _write(kind, path, file, schema, batches)
        unfinished.replace(target)
    finally:
        # After the last step there is nothing of that name any more.
        unfinished.unlink(missing_ok=True)
    return rows


_ENDS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
"""By which a scheduler or a closed terminal ends a process at once, unless it says otherwise."""


@contextlib.contextmanager
def _ended_tidily() -> Iterator[None]:
    """Where the process would be ended at once, it leaves as by :func:`sys.exit`; whoever says otherwise is heard."""
    is_main = threading.current_thread() is threading.main_thread()  # only there may Python be told
    ends = [number for number in _ENDS if is_main and signal.getsignal(number) is signal.SIG_DFL]
    for number in ends:
        signal.signal(number, _leave)
    try:
        yield
    finally:
        for number in ends:
            signal.signal(number, signal.SIG_DFL)


def _leave(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _write(kind: Format, path: Path, file: BinaryIO, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> int:
    """All batches into an open file."""
    rows = 0
    written = _schema_for(kind, schema)
    with _writer(kind, path, file, written) as writer:
        for batch in batches:
            writer.write_batch(batch if batch.schema.equals(written) else batch.cast(written))
            rows += batch.num_rows
    return rows


def _writer(kind: Format, path: Path, file: BinaryIO, schema: pa.Schema) -> Any:  # noqa: ANN401 -- one of four
    try:
        match kind:
            case Format.PARQUET:
                return arrow_parquet.ParquetWriter(file, schema)
            case Format.ARROW_FILE:
                # What is written out in place of a dictionary says the same words again and again.
                options = arrow_ipc.IpcWriteOptions(compression="lz4" if pa.Codec.is_available("lz4") else None)
                return arrow_ipc.new_file(file, schema, options=options)
            case Format.ARROW_STREAM:
                return arrow_ipc.new_stream(file, schema)
            case Format.CSV:
                _check_for_csv(path, schema)
                return arrow_csv.CSVWriter(file, schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        message = f"{path}: {kind.value} cannot hold these columns ({error}); name a file of another kind"
        raise InputError(message) from error


def _schema_for(kind: Format, schema: pa.Schema) -> pa.Schema:
    """The columns as the file holds them."""
    if kind in {Format.PARQUET, Format.ARROW_STREAM}:
        return schema
    return pa.schema([field.with_type(_written_out(field.type)) for field in schema], schema.metadata)


def _written_out(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_string_view(kind):
        return pa.large_string()
    return _written_out(kind.value_type) if pa.types.is_dictionary(kind) else kind


def _check_for_csv(path: Path, schema: pa.Schema) -> None:
    for field in schema:
        if pa.types.is_nested(field.type):
            message = (
                f"{path}: the column {shown(field.name)} holds lists or objects, which CSV cannot; leave it out, or "
                "name a file that ends in .parquet or .arrow"
            )
            raise InputError(message, field=field.name)
