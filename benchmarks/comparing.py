"""What-ifs and comparisons: one amount changed over a table, and two Guides beside each other."""

from __future__ import annotations

import attrs

from benchmarks.competitors.by_numpy import ByNumpy
from benchmarks.data import as_arrow, generate
from benchmarks.results import Section, Table, count, of
from benchmarks.setting import ROWS_OF_A_MARK, Setting, module
from benchmarks.subset import CALL, SUBSET
from benchmarks.timing import Contestant, take_turns
from icm_rules.guide import Guide, guide
from icm_rules.guide.telling import differences

NUMPY = "NumPy by hand, in blocks, everything run once more"


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
    batch_room = module("icm_rules.batch", section.absent, "a what-if over a table")
    compare = getattr(batch_room, "compare", None)
    if batch_room is not None and compare is None:
        section.absent["a what-if over a table"] = "not there yet: icm_rules.batch has no compare"
    if compare is None:
        return
    size = min(ROWS_OF_A_MARK, max(setting.sizes))
    rows = generate(size)
    batch, by_numpy = as_arrow(rows), ByNumpy()
    before, after = guide(CALL), _one_amount_changed()
    try:
        compare(batch.slice(0, 1_000), before=before, after=after, call=CALL, rulebook=SUBSET)
    except TypeError as error:
        section.absent["a what-if over a table"] = f"icm_rules.batch.compare is asked otherwise by now: {error}"
        return
    contestants = {
        NUMPY: Contestant(lambda: by_numpy.run(rows), size),
        "icm-rules, compare": Contestant(
            lambda: compare(batch, before=before, after=after, call=CALL, rulebook=SUBSET), size
        ),
    }
    timed = take_turns(contestants, setting.rounds)
    section.tables.append(
        Table(
            ("", "ms"),
            [(who, of(each.median * size * 1e3)) for who, each in timed.items()],
            title=f"One amount changed, {count(size)} rows",
        )
    )
    section.measured["compare.what_if"] = timed[NUMPY].times(timed["icm-rules, compare"])


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
