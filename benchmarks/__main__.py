"""``python -m benchmarks``: measures everything in one go and writes ``benchmarks/results.md``."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import comparing, growth, importing, memory, single, table
from benchmarks.results import Section, count, marks
from benchmarks.setting import FULL, QUICK, Setting, machine, versions
from benchmarks.subset import CALL, FACTS, RULES

PARTS: dict[str, Callable[[Setting], Section]] = {
    "single": single.measure,
    "table": table.measure,
    "growth": growth.measure,
    "memory": memory.measure,
    "import": importing.measure,
    "compare": comparing.measure,
}


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, in a minute or two")
    parser.add_argument("--long", action="store_true", help="stream a hundred million rows as well")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part alone; may be given more than once")
    parser.add_argument(
        "--out",
        type=Path,
        default=Path(__file__).with_name("results.md"),
        help="where the results are written (usual: %(default)s)",
    )
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Measure, and write what was found."""
    arguments = _arguments(given)
    setting = (QUICK if arguments.quick else FULL)._replace(is_long=arguments.long)
    sections = []
    for name in arguments.only or PARTS:
        sys.stderr.write(f"{name} ...\n")
        sections.append(PARTS[name](setting))
    arguments.out.write_text(_told(sections, setting), encoding="utf-8")
    sys.stderr.write(f"written: {arguments.out}\n")
    return 0


def _told(sections: Sequence[Section], setting: Setting) -> str:
    how = "a quick run" if setting.is_quick else "a full run"
    sizes = ", ".join(count(size) for size in setting.sizes)
    absent = {who: why for section in sections for who, why in section.absent.items()}
    parts = [
        "# Results",
        (
            f"Measured on {dt.datetime.now(tz=dt.UTC).date()} by {how} of `python -m benchmarks`; what is measured "
            f"is told in [README.md](README.md). The subset has {len(RULES)} rules of call {CALL} on {len(FACTS)} "
            f"facts; tables have {sizes} rows. Every figure is a median over rounds in which everybody took turns. "
            "Ratios are what to quote: the milliseconds of a shared machine drift."
        ),
        f"Machine: {machine()}.",
        "Versions: " + ", ".join(f"{name} {version}" for name, version in versions().items()) + ".",
        "## Marks",
        marks(sections).markdown(),
    ]
    if absent:
        parts.append("Could not take part:\n\n" + "\n".join(f"- {who}: {why}" for who, why in absent.items()))
    return "\n\n".join([*parts, *(section.markdown() for section in sections)]) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
