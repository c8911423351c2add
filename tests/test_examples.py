"""Every file under examples/ answers as the table here says, read and evaluated as a user would."""

from __future__ import annotations

import collections
import json
from decimal import Decimal
from pathlib import Path

import attrs
import pytest

from icm_rules import Mobility, Report, evaluate, mobility_from_dict, mobility_to_dict, read_mobilities

EXAMPLES = Path(__file__).parent.parent / "examples"


@attrs.frozen
class Expected:
    """What one mobility of a file answers."""

    file: str
    overall: str
    total: str | None
    """The grant [EUR]; *None* while a line is open. Each was counted by hand from the rates and bands of the call."""
    decided_by: tuple[str, ...] = ()
    """The requirements that are not met, or, where it cannot be told yet, those that are open."""
    position: int = 1


TABLE = (
    # 135 days of 800/30, and 820 for 4,817 km.
    Expected("almaty-ljubljana-2019.json", "eligible", "4420.00"),
    # 138 days of 900/30, as many of the 200/30 that the agency set, and 360 for 2,968 km.
    Expected("beirut-lund-2019-flat.json", "eligible", "5420.00"),
    # 89 days of 850/30, and 275 for 1,016 km.
    Expected("chisinau-graz-2019-traineeship.json", "eligible", "2796.67"),
    # 167 days of 850/30, and 1,500 for 8,492 km.
    Expected("coimbra-maputo-2018-three-stays.json", "eligible", "6231.67", position=1),
    # 10 days and one of travel at 180, and 1,500.
    Expected("coimbra-maputo-2018-three-stays.json", "eligible", "3480.00", position=2),
    # 122 days of 700/30, and 1,500; whether EDF money pays first-cycle students who go out was seen nowhere.
    Expected(
        "coimbra-maputo-2018-three-stays.json",
        "cannot tell yet",
        "4346.67",
        ("eligibility.outgoing.study_cycle",),
        position=3,
    ),
    # 159 days of 700/30, and 180 for 239 km.
    Expected("granada-tetouan-2018-studies-and-traineeship.json", "eligible", "3890.00"),
    # 124 days of 650/30, and 1,300 for 8,727 km.
    Expected("groningen-shanghai-2017.json", "not eligible", "3986.67", ("eligibility.outgoing.study_cycle",)),
    # 4 days and two of travel at 140, and 360 for 2,315 km.
    Expected("haifa-vienna-2015-teaching.json", "not eligible", "1200.00", ("duration.staff.minimum",)),
    # 14 days at 160, 6 at 70 % of it, and 1,500 for 8,660 km.
    Expected("hanoi-padua-2020-teaching-and-training.json", "eligible", "4412.00"),
    Expected(
        "kyiv-warsaw-2020-planned.json",
        "cannot tell yet",
        None,
        (
            "eligibility.student.year_of_study",
            "duration.study.minimum",
            "duration.study.maximum",
            "duration.cycle.cap",
        ),
    ),
    # 87 days of 850/30, and 180 for 395 km.
    Expected("novi-sad-graz-2017-traineeship.json", "not eligible", "2645.00", ("eligibility.activity.open",)),
    # 5 days and one of travel at 160, and 360 for 2,383 km.
    Expected("tartu-yerevan-2016-training.json", "eligible", "1320.00"),
    # 10 days and two of travel at 160, and 360 for 2,676 km.
    Expected("tbilisi-leipzig-2018-teaching.json", "eligible", "2280.00"),
    # 149 days of 850/30, and 275 for 774 km.
    Expected("tirana-bologna-2016.json", "not eligible", "4496.67", ("agreement.signature.partner_side",)),
)


def mobilities(file: str) -> list[Mobility]:
    """The mobilities of an example, each of which can be read."""
    entries = read_mobilities((EXAMPLES / file).read_bytes(), file)
    assert [str(entry) for entry in entries if not hasattr(entry, "mobility")] == []
    return [entry.mobility for entry in entries]


def report_of(expected: Expected) -> Report:
    """The report of the mobility a line of the table speaks of."""
    return evaluate(mobilities(expected.file)[expected.position - 1])


def name_of(expected: Expected) -> str:
    """The line as a reader names it."""
    return f"{expected.file}-{expected.position}"


@pytest.mark.parametrize("expected", TABLE, ids=name_of)
class TestAnExample:
    def test_answers_as_the_table_says(self, expected: Expected) -> None:
        """The overall answer, and which requirements decide it."""
        report = report_of(expected)
        deciding = report.undetermined if expected.overall == "cannot tell yet" else report.not_met
        assert report.overall.value == expected.overall
        assert tuple(outcome.identity for outcome in deciding) == expected.decided_by

    def test_pays_what_the_table_says(self, expected: Expected) -> None:
        """The total of the grant, to the cent."""
        total = None if expected.total is None else Decimal(expected.total)
        assert report_of(expected).grant.total == total

    def test_reads_back_the_same(self, expected: Expected) -> None:
        """What is written of it, nested or flat, is the same mobility again."""
        mobility = mobilities(expected.file)[expected.position - 1]
        for flat in (False, True):
            written = json.loads(json.dumps(mobility_to_dict(mobility, flat=flat)))
            assert mobility_from_dict(written) == mobility


def test_the_table_names_every_mobility_of_every_file() -> None:
    """No example stands there unread, and the table names none that is not there."""
    found = {file.name: len(mobilities(file.name)) for file in EXAMPLES.iterdir()}
    assert collections.Counter(expected.file for expected in TABLE) == found


def test_the_examples_show_what_can_happen() -> None:
    """All activities, all calls and each overall answer are among them; refusals have different reasons."""
    reports = {name_of(expected): report_of(expected) for expected in TABLE}
    assert len({report.activity for report in reports.values()}) == 6
    assert {report.call for report in reports.values()} == set(range(2015, 2021))
    assert {report.direction for report in reports.values()} == {"incoming", "outgoing"}
    assert {report.overall.value for report in reports.values()} == {"eligible", "not eligible", "cannot tell yet"}
    refusals = [expected.decided_by for expected in TABLE if expected.overall == "not eligible"]
    assert len(set(refusals)) == len(refusals) >= 3
