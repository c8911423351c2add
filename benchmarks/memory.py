"""Memory: what a run takes beyond its input and its output, in a process of its own."""

from __future__ import annotations

import gc
import itertools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.results import Section, Table, count
from benchmarks.setting import Setting, module
from benchmarks.table import OURS

_MEGA = 1024
_STREAMED = 500_000


def _status(key: str) -> float:
    """A line of the status of this process [MB]."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1]) / _MEGA
    message = f"this system does not tell {key}"
    raise OSError(message)


def _beyond(run: Callable[[], float]) -> float:
    """The peak while something runs, beyond what was there before and beyond what it returns as its output [MB]."""
    gc.collect()
    before = _status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew
    output = run()
    # Memory that was free before may be used once more, and the difference then falls below nothing.
    return max(_status("VmHWM") - before - output, 0)


def _numpy(number: int) -> float:
    from benchmarks.competitors.by_numpy import ByNumpy
    from benchmarks.data import generate

    rows, by_numpy = generate(number), ByNumpy()
    by_numpy.run(rows.part(0, 1_000))

    def run() -> float:
        answers = by_numpy.run(rows)
        columns = [answers.overall, answers.total, *answers.verdicts.values(), *answers.amounts.values()]
        return sum(column.nbytes for column in columns) / 2**20

    return _beyond(run)


def _ours(number: int, threads: int = 1) -> float:
    import pyarrow as pa

    from benchmarks.competitors import ours_table
    from benchmarks.data import as_arrow, generate

    batch = as_arrow(generate(number))
    pa.default_memory_pool().release_unused()
    ours_table.runner().run(batch.slice(0, 1_000))

    def run() -> float:
        answers = ours_table.runner(threads=threads).run(batch)
        return answers.nbytes / 2**20

    return _beyond(run)


def _stream(number: int) -> float:
    from benchmarks.competitors import ours_table
    from benchmarks.data import as_arrow, generate
    from benchmarks.subset import CALL, SUBSET
    from icm_rules.batch import evaluate_batches

    rows = generate(2 * _STREAMED)
    batches = [as_arrow(rows.part(start, start + _STREAMED)) for start in (0, _STREAMED)]
    del rows
    times = max(number // _STREAMED, 2)

    def run() -> float:
        answered = 0
        stream = itertools.islice(itertools.cycle(batches), times)
        for batch in evaluate_batches(stream, call=CALL, rulebook=SUBSET, give=ours_table.GIVE, money="cents"):
            answered += batch.num_rows
        if answered != times * _STREAMED:
            message = f"{answered} rows came out of {times * _STREAMED}"
            raise ValueError(message)
        return 0

    return _beyond(run)


_MEASURED: dict[str, Callable[[int], float]] = {"numpy": _numpy, "ours": _ours, "stream": _stream}


def _in_a_process(what: str, number: int) -> float:
    ended = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-m", "benchmarks.memory", what, str(number)], capture_output=True, text=True, check=False
    )
    if ended.returncode:
        message = f"measuring the memory of {what} ended with: {ended.stderr.strip().splitlines()[-1:]}"
        raise RuntimeError(message)
    return float(json.loads(ended.stdout))


def measure(setting: Setting) -> Section:
    """NumPy and ours over a table, ours over a stream."""
    section = Section("Memory")
    if not Path("/proc/self/clear_refs").exists():
        section.absent["everybody"] = "this system does not tell the peak of a process in the way that is used here"
        return section
    size = 200_000 if setting.is_quick else 10_000_000
    table = Table(("", "MB beyond input and output"))
    table.rows.append((f"NumPy by hand, {count(size)} rows", f"{_in_a_process('numpy', size):.0f}"))
    if module("benchmarks.competitors.ours_table", section.absent, OURS) is not None:
        beyond = _in_a_process("ours", size)
        table.rows.append((f"icm-rules, {count(size)} rows, cold", f"{beyond:.0f}"))
        lengths = (size, 5 * size) if setting.is_quick or not setting.is_long else (size, 10 * size)
        streamed = [_in_a_process("stream", length) for length in lengths]
        table.rows += [
            (f"icm-rules, a stream of {count(length)} rows", f"{each:.0f}")
            for length, each in zip(lengths, streamed, strict=True)
        ]
        if not setting.is_quick:
            section.measured |= {"memory.table": beyond, "memory.stream": max(streamed)}
    section.tables.append(table)
    return section


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_MEASURED[sys.argv[1]](int(sys.argv[2]))))
