"""What-ifs and comparisons: one amount changed over a table, and two Guides beside each other."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

import attrs

from benchmarks import checking
from benchmarks.competitors.by_numpy import ByNumpy
from benchmarks.data import as_arrow, generate
from benchmarks.results import Section, Table, count, of
from benchmarks.setting import ROWS_OF_A_MARK, Setting, module
from benchmarks.subset import CALL, SUBSET
from benchmarks.timing import Contestant, take_turns
from icm_rules.guide import Guide, guide
from icm_rules.guide.telling import differences

if TYPE_CHECKING:
    import pyarrow as pa

NUMPY = "NumPy by hand, in blocks, everything run once more"
BASELINE = "icm-rules, a baseline under another amount"


def measure(setting: Setting) -> Section:
    """Both."""
    section = Section("Comparing")
    _what_if(setting, section)
    _two_guides(setting, section)
    return section


def _one_amount_changed() -> Guide:
    """The Guide with another amount in one band of travel."""
    today = guide(CALL)
    bands = today["travel_bands"]
    *others, last = bands.lines  # type: ignore[attr-defined] # the paragraph of bands
    changed = attrs.evolve(last, eur=last.eur + 100)
    return today.amended(travel_bands=attrs.evolve(bands, lines=(*others, changed)))


def _what_if(setting: Setting, section: Section) -> None:
    """A what-if of one amount beside a full run of NumPy, which is what one would do without it."""
    room = module("icm_rules.batch", section.absent, "a what-if over a table")
    ours = module("benchmarks.competitors.ours_table", section.absent, "a what-if over a table")
    if room is None or ours is None:
        return
    import pyarrow as pa

    size = min(ROWS_OF_A_MARK, max(setting.sizes))
    rows = generate(size)
    table, by_numpy = pa.Table.from_batches([as_arrow(rows)]), ByNumpy()
    before, after = guide(CALL), _one_amount_changed()
    settings = {"call": CALL, "rulebook": SUBSET}
    today = room.Baseline(table, before, give=ours.GIVE, money="cents", **settings)
    _check(room, today.under(after), table, after, section)
    contestants = {
        NUMPY: Contestant(lambda: by_numpy.run(rows), size),
        BASELINE: Contestant(lambda: today.under(_one_amount_changed()), size),
        "icm-rules, compare, both sides anew, every row that moved": Contestant(
            lambda: room.compare(table, before, after, **settings), size
        ),
    }
    timed = take_turns(contestants, setting.rounds)
    section.tables.append(
        Table(
            ("", "ms"),
            [(who, of(each.median * size * 1e3)) for who, each in timed.items()],
            title=f"One amount changed, {count(size)} rows",
            note=(
                "A baseline has answered the table before the clock starts, and has seen another change of the same "
                "paragraph. Each round brings an amended Guide that it has not seen; all outcomes come out."
            ),
        )
    )
    section.measured["compare.what_if"] = timed[NUMPY].times(timed[BASELINE])


def _check(room: ModuleType, found: pa.Table, table: pa.Table, after: Guide, section: Section) -> None:
    """A what-if says what the table says when all of it is asked anew."""
    anew = room.evaluate_table(
        table, guide=after, call=CALL, rulebook=SUBSET, give=("overall", "verdicts", "amounts", "total"), money="cents"
    )
    checking.agree("a what-if", checking.of_arrow(found), checking.of_arrow(anew), generate(table.num_rows))
    section.checked.append(f"{count(table.num_rows)} rows: a what-if, and the same table asked anew")


def _two_guides(setting: Setting, section: Section) -> None:
    pairs = ((CALL - 1, CALL), (2017, 2024))
    for pair in pairs:
        for call in pair:
            guide(call)
    contestants = {
        f"{before} and {after}": Contestant(lambda before=before, after=after: differences(guide(before), guide(after)))
        for before, after in pairs
    }
    timed = take_turns(contestants, setting.rounds)
    section.tables.append(
        Table(
            ("", "ms", "lines"),
            [
                (who, of(each.median * 1e3), str(len(str(contestants[who].run()).splitlines())))
                for who, each in timed.items()
            ],
            title="Two Guides beside each other, told in words",
        )
    )
