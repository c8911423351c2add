"""Tables in files: every format there and back in streams, what is refused, and that no half of a file is left."""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icm_rules.batch.files import SUFFIXES, Format, check_target, format_of, open_batches, write_batches
from icm_rules.engine.errors import InputError

TABLE = pa.table(
    {
        "activity": pa.array(["studies", None, "training"] * 100),
        "call": pa.array([2019, 2020, None] * 100, pa.int32()),
        "start_date": pa.array([dt.date(2019, 9, 30), None, dt.date(2020, 2, 29)] * 100),
        "distance_km": pa.array([Decimal("12.50"), None, Decimal(0)] * 100, pa.decimal128(14, 2)),
        "is_zero_grant": pa.array([True, False, None] * 100),
    }
)
AS_TEXT = {
    "activity": ["studies", None, "training"] * 100,
    "call": ["2019", "2020", None] * 100,
    "start_date": ["2019-09-30", None, "2020-02-29"] * 100,
    "distance_km": ["12.50", None, "0.00"] * 100,
    "is_zero_grant": ["true", "false", None] * 100,
}
CONSTANT_MEMORY = 150 << 20
"""What a stream may take beyond the libraries, far below the table of the test [bytes]."""


def rows_of(path: Path, rows_per_batch: int = 64) -> dict[str, list[object]]:
    """All that a file holds."""
    with open_batches(path, rows_per_batch) as source:
        return pa.Table.from_batches(list(source), source.schema).to_pydict()


def names_in(folder: Path) -> list[str]:
    """The files in a folder, hidden ones as well."""
    return sorted(path.name for path in folder.iterdir())


# --- every format ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_written_is_read_again(suffix: str, tmp_path: Path) -> None:
    """In every format; CSV tells it in text."""
    path = tmp_path / f"stays{suffix}"
    assert write_batches(path, TABLE.schema, TABLE.to_batches(max_chunksize=70)) == 300
    assert rows_of(path) == (AS_TEXT if suffix == ".csv" else TABLE.to_pydict())
    assert names_in(tmp_path) == [path.name]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(("rows_per_batch", "batches"), [(1, 300), (64, 5), (300, 1), (301, 1)])
def test_batches_have_the_rows_asked_for_and_the_last_what_is_left(
    suffix: str, rows_per_batch: int, batches: int, tmp_path: Path
) -> None:
    """However the file is cut up itself."""
    path = tmp_path / f"stays{suffix}"
    write_batches(path, TABLE.schema, TABLE.to_batches(max_chunksize=70))
    with open_batches(path, rows_per_batch) as source:
        sizes = [batch.num_rows for batch in source]
    assert len(sizes) == batches
    assert set(sizes[:-1]) <= {rows_per_batch}
    assert sum(sizes) == source.rows_read == 300


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_source_tells_how_far_it_has_come(suffix: str, tmp_path: Path) -> None:
    """From nothing to all, and never back; the number of rows where the file knows it."""
    path = tmp_path / f"stays{suffix}"
    write_batches(path, TABLE.schema, TABLE.to_batches())
    with open_batches(path, 100) as source:
        assert source.rows == (None if format_of(path) in {Format.CSV, Format.ARROW_STREAM} else 300)
        seen = [source.progress, *(source.progress for _ in source)]
    assert all(0 <= before <= after <= 1 for before, after in itertools.pairwise(seen))
    assert source.progress == 1


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_table_without_rows_is_one_batch_without_rows(suffix: str, tmp_path: Path) -> None:
    """So that whoever goes through it learns its columns."""
    path = tmp_path / f"stays{suffix}"
    assert write_batches(path, TABLE.schema, []) == 0
    with open_batches(path) as source:
        (batch,) = source
    assert batch.num_rows == 0
    assert batch.schema.names == source.schema.names == TABLE.column_names
    assert source.progress == 1


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_words_of_a_dictionary_may_differ_from_batch_to_batch(suffix: str, tmp_path: Path) -> None:
    """More words, fewer words, other words, none; also where the type of the indices differs."""
    lists = [["a", "b"], ["b", "c", None], ["z"], [None], [], ["a"]]
    batches = [pa.record_batch({"x": pa.array(words, pa.string()).dictionary_encode()}) for words in lists]
    narrow = pa.schema([("x", pa.dictionary(pa.int8(), pa.string()))])
    batches.append(pa.record_batch({"x": pa.array(["n"]).dictionary_encode()}).cast(narrow))
    path = tmp_path / f"answers{suffix}"
    write_batches(path, batches[0].schema, batches)
    expected = [word for words in lists for word in words] + ["n"]
    for rows_per_batch in (1, 4, 100):
        assert rows_of(path, rows_per_batch) == {"x": expected}
    if format_of(path) is not Format.CSV:
        read = {".parquet": pl.read_parquet, ".pq": pl.read_parquet, ".arrows": pl.read_ipc_stream}
        assert read.get(suffix, pl.read_ipc)(path)["x"].to_list() == expected  # other programs read it as well


def test_dictionaries_stay_so_in_parquet_and_in_streams(tmp_path: Path) -> None:
    """In an Arrow file the words are written out."""
    batch = pa.record_batch({"x": pa.array(["a", "a"]).dictionary_encode()})
    kept = {}
    for suffix in (".parquet", ".arrows", ".arrow"):
        path = tmp_path / f"answers{suffix}"
        write_batches(path, batch.schema, [batch])
        with open_batches(path) as source:
            kept[suffix] = pa.types.is_dictionary(source.schema.field("x").type)
    assert kept == {".parquet": True, ".arrows": True, ".arrow": False}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_polars_wrote_goes_through_every_format(suffix: str, tmp_path: Path) -> None:
    """It holds text as views."""
    pl.DataFrame({"x": ["a", None]}).write_ipc(tmp_path / "polars.arrow")
    path = tmp_path / f"again{suffix}"
    with open_batches(tmp_path / "polars.arrow") as source:
        write_batches(path, source.schema, source)
    assert rows_of(path) == {"x": ["a", None]}


def test_a_stream_under_the_name_of_an_arrow_file_is_read_as_what_it_is(tmp_path: Path) -> None:
    """And the other way round."""
    stream, file = tmp_path / "stream.arrows", tmp_path / "file.arrow"
    write_batches(stream, TABLE.schema, TABLE.to_batches())
    write_batches(file, TABLE.schema, TABLE.to_batches())
    stream.rename(tmp_path / "stream.arrow")
    file.rename(tmp_path / "file.arrows")
    assert rows_of(tmp_path / "stream.arrow") == rows_of(tmp_path / "file.arrows") == TABLE.to_pydict()


def test_the_end_of_a_name_may_be_in_capitals() -> None:
    assert format_of(Path("STAYS.CSV")) is Format.CSV


# --- CSV ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("call,activity\n2019,studies\n", {"call": ["2019"], "activity": ["studies"]}),
        ("call;activity\r\n2019;studies\r\n", {"call": ["2019"], "activity": ["studies"]}),
        ("call;activity\r2019;a,b", {"call": ["2019"], "activity": ["a,b"]}),
        ("\ufeffcall,activity\n2019,studies", {"call": ["2019"], "activity": ["studies"]}),
        ('"call","a;b;c"\n2019,x\n', {"call": ["2019"], "a;b;c": ["x"]}),
        ('call,"two\nlines"\n2019,"two\nmore"\n', {"call": ["2019"], "two\nlines": ["two\nmore"]}),
        ('call,note\n007,NA\nnull,""\n,NaN\n', {"call": ["007", "null", None], "note": ["NA", None, "NaN"]}),
        ("call,activity\n2019,studies\n\n2020,\n", {"call": ["2019", "2020"], "activity": ["studies", None]}),
        ("call\n2019\n\n2020\n", {"call": ["2019", None, "2020"]}),
        ("call,activity", {"call": [], "activity": []}),
        ("call,activity\n", {"call": [], "activity": []}),
        ("call,activity\n\n", {"call": [], "activity": []}),
        ("stadt,straße\nBrno,Údolní\n", {"stadt": ["Brno"], "straße": ["Údolní"]}),
    ],
)
def test_a_csv_file_is_text_in_commas_or_semicolons(text: str, rows: dict[str, list[object]], tmp_path: Path) -> None:
    """Nothing is guessed, an empty cell is null, and lines end as they like."""
    path = tmp_path / "stays.csv"
    path.write_bytes(text.encode())
    assert rows_of(path) == rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.integers(1, 3).flatmap(
        lambda width: st.lists(
            st.lists(
                st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1),
                min_size=width,
                max_size=width,
            ),
            max_size=5,
        )
    ),
    st.integers(1, 4),
)
def test_any_text_comes_back_from_a_csv_file(tmp_path: Path, rows: list[list[str | None]], rows_per_batch: int) -> None:
    """With quotes, delimiters and ends of lines in it."""
    width = len(rows[0]) if rows else 1
    table = pa.table({f"c{place}": pa.array([row[place] for row in rows], pa.string()) for place in range(width)})
    write_batches(tmp_path / "text.csv", table.schema, table.to_batches())
    assert rows_of(tmp_path / "text.csv", rows_per_batch) == table.to_pydict()


def test_lists_are_refused_for_csv_with_their_column(tmp_path: Path) -> None:
    table = pa.table({"legs": [[1]]})
    with pytest.raises(InputError, match=r"out.csv: the column 'legs' holds lists .*parquet"):
        write_batches(tmp_path / "out.csv", table.schema, table.to_batches())
    assert names_in(tmp_path) == []


# --- what cannot be read -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["stays.xlsx", "stays", "stays.csv.gz", ".csv", "stays.parqet"])
def test_a_kind_of_file_that_nobody_knows_is_refused_with_those_known(name: str, tmp_path: Path) -> None:
    """For reading and for writing."""
    for use in (open_batches, check_target):
        with pytest.raises(InputError, match=r"the name (ends in|has no end).*\.parquet, .*\.csv"):
            use(tmp_path / name)


def test_a_slip_in_the_end_of_a_name_is_mended() -> None:
    with pytest.raises(InputError, match=r"did you mean '\.parquet'"):
        format_of(Path("stays.parqet"))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "the file is empty"), (None, "there is no such file"), (..., "this is a folder")],
    ids=["empty", "missing", "folder"],
)
def test_no_file_is_refused_by_its_name(suffix: str, content: object, reason: str, tmp_path: Path) -> None:
    path = tmp_path / f"stays{suffix}"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is ...:
        path.mkdir()
    with pytest.raises(InputError, match=f"stays{suffix}: {reason}"):
        open_batches(path)


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix != ".csv"])
@pytest.mark.parametrize("content", [b"call,activity\n2019,studies\n", b"PAR1PAR1", b"ARROW1\0\0" + b"\xff" * 50])
def test_a_file_that_is_not_what_its_name_says_is_refused(suffix: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / f"stays{suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"stays{suffix}: this cannot be read as (Parquet|Arrow) .*\(.*\); check the"):
        rows_of(path)


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix != ".csv"])
def test_a_file_cut_off_in_the_middle_is_refused(suffix: str, tmp_path: Path) -> None:
    """At the latest where it ends."""
    path = tmp_path / f"stays{suffix}"
    write_batches(path, TABLE.schema, TABLE.to_batches())
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(InputError, match=f"stays{suffix}: this cannot be read"):
        rows_of(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"call,activity\n" + b"2019,studies\n" * 100 + b"2020\n", "row 101: .*Expected 2 columns, got 1"),
        (b"call,activity\n2019,studies\n2020,caf\xe9\n", "row 2: .*UTF8"),
        (b"call,stra\xdfe\n2019,x\n", "this cannot be read as CSV .the names of the columns are no UTF-8"),
        (
            "call,activity\n2019,studies\n".encode("utf-16"),
            "this cannot be read as CSV .the names of the columns are no UTF-8",
        ),
        (b"call,call\n2019,2020\n", "there are two columns 'call'"),
    ],
)
def test_a_csv_file_that_is_no_table_is_refused_with_the_row(content: bytes, reason: str, tmp_path: Path) -> None:
    """Rows are counted without the line that names the columns."""
    path = tmp_path / "stays.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"stays.csv: {reason}"):
        rows_of(path)


def test_a_batch_has_at_least_one_row(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="0 rows to a batch are too few"):
        open_batches(tmp_path / "stays.csv", 0)


def test_a_source_closes_its_file_whatever_happens(tmp_path: Path) -> None:
    """So that it can be moved or deleted afterwards, on every system."""
    path = tmp_path / "stays.parquet"
    write_batches(path, TABLE.schema, TABLE.to_batches())
    with contextlib.suppress(KeyError), open_batches(path, 100) as source:
        raise KeyError
    with pytest.raises(ValueError, match="closed"):
        list(source)


# --- nothing half-written ----------------------------------------------------------------------------------


def broken(after: int, error: type[BaseException]) -> Iterator[pa.RecordBatch]:
    """Batches that break off."""
    yield from TABLE.to_batches(max_chunksize=100)[:after]
    raise error


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("error", [KeyboardInterrupt, InputError, OSError, GeneratorExit])
@pytest.mark.parametrize("after", [0, 2])
def test_what_breaks_off_leaves_everything_as_it_was(
    suffix: str, error: type[BaseException], after: int, tmp_path: Path
) -> None:
    """Be there a file of that name already or not."""
    path = tmp_path / f"answers{suffix}"
    for before in ([], [path.name]):
        batches = broken(after, error) if error is not InputError else _refusing(after)
        with pytest.raises(error):
            write_batches(path, TABLE.schema, batches)
        assert names_in(tmp_path) == before
        assert not before or path.read_bytes() == b"as it was"
        path.write_bytes(b"as it was")


def _refusing(after: int) -> Iterator[pa.RecordBatch]:
    yield from TABLE.to_batches(max_chunksize=100)[:after]
    message = "no"
    raise InputError(message)


@pytest.mark.parametrize("ends", [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])])
def test_who_is_ended_by_a_scheduler_tidies_up(ends: signal.Signals, tmp_path: Path) -> None:
    """It leaves with the status that a shell gives to such an end; afterwards the signal means what it did."""

    def batches() -> Iterator[pa.RecordBatch]:
        yield from TABLE.to_batches()
        signal.raise_signal(ends)
        yield from TABLE.to_batches()

    before = signal.signal(ends, signal.SIG_DFL)
    try:
        target = tmp_path / "answers.csv"
        target.write_text("as it was", "utf-8")
        with pytest.raises(SystemExit) as left:
            write_batches(target, TABLE.schema, batches())
        assert left.value.code == 128 + ends
        assert signal.getsignal(ends) is signal.SIG_DFL
    finally:
        signal.signal(ends, before)
    assert names_in(tmp_path) == ["answers.csv"]
    assert target.read_text("utf-8") == "as it was"


def test_a_file_of_that_name_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("something much longer than what comes now\n" * 100, "utf-8")
    write_batches(path, pa.schema([("x", pa.string())]), [])
    assert path.read_text("utf-8") == '"x"\n'


def test_a_link_stays_and_the_file_it_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "real.csv").write_text("old", "utf-8")
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "there" / "real.csv")
    write_batches(link, pa.schema([("x", pa.string())]), [])
    assert link.is_symlink()
    assert (tmp_path / "there" / "real.csv").read_text("utf-8") == '"x"\n'


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_the_file_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    """Not those of a secret, as temporary files have."""
    write_batches(tmp_path / "answers.csv", TABLE.schema, [])
    (tmp_path / "any").touch()
    rights = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("answers.csv", "any")]
    assert rights[0] == rights[1]


def test_a_place_that_cannot_be_written_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError, match=r"folder.csv: this is a folder"):
        write_batches(tmp_path / "folder.csv", TABLE.schema, broken(0, AssertionError))
    with pytest.raises(InputError, match=r"out.csv: there is no folder .*nowhere; make it"):
        write_batches(tmp_path / "nowhere" / "out.csv", TABLE.schema, broken(0, AssertionError))


# --- memory ------------------------------------------------------------------------------------------------

STREAM = """
import resource, sys
from itertools import repeat
import pyarrow as pa
from icm_rules.batch.files import open_batches, write_batches
batch = pa.record_batch({"text": pa.array([f"{row:0100d}" for row in range(65_536)])})
write_batches(sys.argv[1], batch.schema, [batch])
with open_batches(sys.argv[1]) as source:
    write_batches(sys.argv[2], source.schema, source)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
write_batches(sys.argv[1], batch.schema, repeat(batch, 60))
with open_batches(sys.argv[1]) as source:
    assert write_batches(sys.argv[2], source.schema, source) == 60 * 65_536
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""
"""A table of 400 MB through two files, and how much more memory that takes than one batch of it [bytes]."""


@pytest.mark.skipif(
    sys.platform != "linux", reason="the most memory of a process is told in other units, or not at all"
)
@pytest.mark.parametrize("suffix", [".parquet", ".arrow", ".arrows", ".csv"])
def test_a_long_table_takes_no_more_memory_than_a_short_one(suffix: str, tmp_path: Path) -> None:
    arguments = [str(tmp_path / f"one{suffix}"), str(tmp_path / f"two{suffix}")]
    done = subprocess.run([sys.executable, "-c", STREAM, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < CONSTANT_MEMORY
