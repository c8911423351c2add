"""One mobility at a time."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from benchmarks import checking
from benchmarks.competitors import by_function, ours_single
from benchmarks.data import as_dicts, generate
from benchmarks.results import Section, Table, count, of
from benchmarks.setting import Setting, module
from benchmarks.timing import Contestant, take_turns
from icm_rules.engine import Rulebook

PLAIN = "plain Python, one function"
REPORT = "icm-rules, typed input, full report"
VERDICTS = "icm-rules, typed input, verdicts"
ZEN_TRACE = "zen-engine with trace"

_ROWS = 20_000
_SECONDS = 0.03
"""How long a contestant runs in a round: as many rows as fit ..."""
_FEWEST = 200
"""... but at least so many, that everybody meets rows of every kind ..."""
_MOST = 1_000
"""... and no more than these: nobody shall meet a row again before twenty rounds have passed."""


_WARMED = 3_000
"""So many rows the library has met before the first round."""


def _over(rows: list[Any], ask: Callable[[Any], object]) -> Contestant:
    """Other rows in every round, for everybody: whoever remembers something remembers no row, but what rows share."""
    begun = time.perf_counter()
    tried = 0
    while tried < _MOST and (tried < _FEWEST or time.perf_counter() - begun < _SECONDS):
        ask(rows[tried])
        tried += 1
    begins = itertools.cycle(range(0, len(rows) - tried + 1, tried))

    def run() -> None:
        begin = next(begins)
        for row in rows[begin : begin + tried]:
            ask(row)

    return Contestant(run, tried)


def _anew(rows: list[Any], ask: Callable[[Any, Rulebook], object]) -> Contestant:
    """The same, where the library has forgotten all it knew before each round: a rulebook that nobody else asks."""
    begins = itertools.cycle(range(0, len(rows) - _FEWEST + 1, _FEWEST))

    def run() -> None:
        ours_single.forget()
        begin = next(begins)
        for row in rows[begin : begin + _FEWEST]:
            ask(row, ours_single.FORGETFUL)

    return Contestant(run, _FEWEST)


def measure(setting: Setting) -> Section:
    """Everybody who can answer one mobility."""
    section = Section("One mobility at a time")
    rows = generate(_ROWS)
    dicts = as_dicts(rows)
    reference = checking.of_tuples([by_function.answers(row) for row in dicts])

    def check(who: str, answers: Callable[[Mapping[str, Any]], tuple[Any, ...]], number: int) -> None:
        found = checking.of_tuples([answers(row) for row in dicts[:number]])
        some = {name: column[:number] for name, column in reference.items()}
        section.checked.append(f"{who}: {count(checking.agree(who, found, some, rows))} rows")

    check("icm-rules", ours_single.answers, 2_000 if setting.is_quick else 10_000)
    typed = [ours_single.mobility(row) for row in dicts]
    for one in typed[-_WARMED:]:
        ours_single.full_report(one)
    contestants = {
        PLAIN: _over(dicts, by_function.answers),
        VERDICTS: _over(typed, ours_single.verdicts),
        "icm-rules, typed input, verdicts and amounts": _over(typed, ours_single.verdicts_and_amounts),
        "icm-rules, a dictionary made typed, verdicts and amounts": _over(
            dicts, lambda row: ours_single.verdicts_and_amounts(ours_single.mobility(row))
        ),
        REPORT: _over(typed, ours_single.full_report),
        f"icm-rules, verdicts, the first {_FEWEST} after forgetting all": _anew(typed, ours_single.verdicts),
        f"icm-rules, full report, the first {_FEWEST} after forgetting all": _anew(typed, ours_single.full_report),
    }
    zen = module("benchmarks.competitors.by_zen", section.absent, "zen-engine")
    if zen is not None:
        ask, traced = zen.prepared(), zen.prepared(trace=True)
        check("zen-engine", lambda row: zen.as_tuple(ask(row)), _ROWS)
        contestants |= {"zen-engine": _over(dicts, ask), ZEN_TRACE: _over(dicts, traced)}
    datalogic = module("benchmarks.competitors.by_datalogic", section.absent, "datalogic-py")
    if datalogic is not None:
        logic = datalogic.prepared()
        check("datalogic-py", lambda row: datalogic.as_tuple(logic(row)), _ROWS)
        contestants["datalogic-py"] = _over(dicts, logic)
    openfisca = module("benchmarks.competitors.by_openfisca", section.absent, "OpenFisca-Core")
    if openfisca is not None:
        system = openfisca.system()

        def one(row: Mapping[str, Any]) -> dict[str, np.ndarray]:
            return openfisca.run(system, openfisca.columns_of_row(row), 1)

        found = [one(row) for row in dicts[:300]]
        joined = {name: np.concatenate([each[name] for each in found]) for name in reference}
        checking.agree("OpenFisca-Core", joined, {name: column[:300] for name, column in reference.items()}, rows)
        section.checked.append("OpenFisca-Core: 300 rows")
        contestants["OpenFisca-Core, arrays of length one"] = _over(dicts, one)
    timed = take_turns(contestants, setting.rounds * 3)
    section.text = (
        "Python values in, all outcomes out; turning a row into the form of an engine counts. The full report is read "
        "whole: every verdict, sentence, missing fact and citation, and the total. In every round everybody is given "
        "other rows. icm-rules keeps what single facts and rules gave for the few values each of them asks for, as an "
        f"office that checks one mobility after the other would have it; it has met {count(_WARMED)} rows before the "
        "first round. What it takes when it knows nothing is told beside it."
    )
    section.tables.append(
        Table(
            ("", "µs", "best µs", "times the plain function"),
            [
                (name, of(each.median * 1e6), of(each.best * 1e6), of(each.times(timed[PLAIN])))
                for name, each in sorted(timed.items(), key=lambda item: item[1].median)
            ],
        )
    )
    section.measured["single.verdicts"] = timed[VERDICTS].times(timed[PLAIN])
    section.measured["single.report"] = timed[REPORT].times(timed[PLAIN])
    if ZEN_TRACE in timed:
        section.measured["single.zen"] = timed[REPORT].times(timed[ZEN_TRACE])
    return section
