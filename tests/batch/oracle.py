"""A second implementation of the rules, by hand and in NumPy, for two calls: 2019 (KA107) and 2024 (KA171).

What the library and its tests have understood wrongly alike, no test of theirs can find. This module was written from
the facts about the Guides and from the sentences of the rules, and shares no line with the library: it knows a table
as a dictionary of columns, and every answer is whole columns compared with whole columns. The figures stand here a
second time on purpose, each with its place in the facts (the chapters are those of the two collections of facts, 2014
to 2020 and 2021 to 2027; *readings* are the choices made where the texts are open).

Three-valued throughout: a *truth* is a column of :data:`NO`, :data:`OPEN` and :data:`YES`, in this order, so that *and*
is the least of several, *or* the greatest, and *not* counts from the other end. What nobody told is open, and stays so
only as long as it can still decide. A rule asks its conditions first: one that is no makes it *not applicable*. Next
comes whether the Guide has the paragraph at all. A rule whose sentence needs a fact (the dates of the stay, both
countries, the activity) waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
"""One value a row; *None* where nobody told it."""
Truth = NDArray[np.int8]
Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]

NO, OPEN, YES = np.int8(0), np.int8(1), np.int8(2)

MET, NOT_MET, DUE = "met", "not met", "due"
NOT_APPLICABLE, NOT_IN_FORCE, UNDETERMINED = "not applicable", "not in force", "undetermined"

NONE = -1
"""An amount that is not there, or a number that nobody told; amounts and numbers are never negative."""


# --- the figures -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """What the Guide of one call says."""

    programme_countries: tuple[str, ...]
    territories: Mapping[str, str]
    """Overseas countries and territories, by the member state they count as."""
    regions: Mapping[int, str]
    open_regions: frozenset[int]
    digital_traineeships_to: tuple[str, ...]
    """Closed countries to which outgoing trainees of the first and second cycle may go for digital skills."""
    third_cycle_only: Mapping[int, bool]
    """Regions whose money pays outgoing students of the third cycle alone; whether a text shows that."""
    windows_of_the_third_cycle: tuple[str, ...]
    year_of_studies: int
    recent_graduates: bool
    enrolment_is_shown: bool
    employment_is_shown: bool
    study_days: int
    traineeship_days: int
    combined_is_shown: bool
    incomplete_teaching_week_is_shown: bool
    short_stays: bool
    """Whether there are blended and short doctoral stays, and with them all that is new from call 2022 on."""
    groups: Mapping[int, str]
    student_rates: Mapping[int, int]
    staff_rates: Mapping[int, int]
    """EUR by group of the receiving country; 0 stands for every partner country."""
    bands: tuple[tuple[int, int, int], ...]
    """From how many km on, the standard amount and the green one [EUR]."""
    most_travel_days: int
    most_green_travel_days: int
    paragraphs: frozenset[str] = field(default_factory=frozenset)
    """Of the additions to a grant, those this call has."""


_EU = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
# Readings, "Countries": as the Member State they belong to.
_TERRITORIES = {
    "DK": "GL",
    "FR": "NC PF WF PM BL TF GP MQ GF RE YT MF",
    "NL": "AW CW SX BQ",
    "FI": "AX",
}
# Region 11 of 2014-2020, 1.2: the 78 countries, those no text was seen to show among them.
_ACP = (
    "AG AO BB BF BI BJ BS BW BZ CD CF CG CI CK CM CV DJ DM DO ER ET FJ FM GA GD GH GM GN GQ GW GY HT JM KE KI KM KN LC "
    "LR LS MG MH ML MR MU MW MZ NA NE NG NR NU PG PW RW SB SC SD SL SN SO SR SS ST SZ TD TG TL TO TT TV TZ UG VC VU WS "
    "ZM ZW"
)

FIGURES = {
    2019: Figures(
        # 2014-2020, 1.1: EU-28, four more and, from this call on, Serbia.
        programme_countries=tuple(f"{_EU} GB IS LI NO TR MK RS".split()),
        # Readings, "Countries": the British ones until call 2020.
        territories={**_TERRITORIES, "GB": "AI BM VG KY FK MS PN SH TC GS IO"},
        # 2014-2020, 1.2.
        regions={
            1: "AL BA XK ME",
            2: "AM AZ BY GE MD UA",
            3: "DZ EG IL JO LB LY MA PS SY TN",
            4: "RU",
            5: "AD MC SM VA",
            6: "AF BD BT KH CN KP IN ID LA MY MV MN MM NP PK PH LK TH VN",
            7: "KZ KG TJ TM UZ",
            8: "AR BO BR CO CR CU EC SV GT HN MX NI PA PY PE VE",
            9: "IR IQ YE",
            10: "ZA",
            11: _ACP,
            12: "BH KW OM QA SA AE",
            13: "CA US AU BN HK JP KR MO NZ SG TW CL UY",
            14: "CH FO",
        },
        open_regions=frozenset({1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 13}),
        # 2014-2020, 4: official for this call.
        digital_traineeships_to=("CH", "FO"),
        # 2014-2020, 1.3 and readings, "Countries": DCI single-source, EDF outside the West Africa window unverified.
        third_cycle_only={6: True, 7: True, 8: True, 9: True, 10: True, 11: False},
        # 2014-2020, 1.3: "students out: ... only PhD", official.
        windows_of_the_third_cycle=("West Africa (EDF)",),
        # 2014-2020, 4: "at least second year"; trainees "from the first year".
        year_of_studies=2,
        # 2014-2020, 4: "not in ICM".
        recent_graduates=False,
        # 2014-2020, 4: official, both.
        enrolment_is_shown=True,
        employment_is_shown=True,
        # 2014-2020, 2: 3 months = 90 days, 2 months = 60 days, combined as studies and official.
        study_days=90,
        traineeship_days=60,
        combined_is_shown=True,
        # 2014-2020, 3: "incomplete week in proportion; week = 7 days", official.
        incomplete_teaching_week_is_shown=True,
        short_stays=False,
        # 2014-2020, 6.1, the groups of 2018-2020.
        groups={
            1: "DK FI IS IE LU SE GB LI NO",
            2: "AT BE DE FR IT GR ES CY NL MT PT",
            3: "BG HR CZ EE LV LT HU PL RO SK SI MK TR RS",
        },
        student_rates={0: 700, 1: 900, 2: 850, 3: 800},
        # 2014-2020, 6.2: by the same groups.
        staff_rates={0: 180, 1: 180, 2: 160, 3: 140},
        # 2014-2020, 6.3; no green travel in this period.
        bands=(
            (0, 0, 0),
            (10, 20, 20),
            (100, 180, 180),
            (500, 275, 275),
            (2000, 360, 360),
            (3000, 530, 530),
            (4000, 820, 820),
            (8000, 1500, 1500),
        ),
        # 2014-2020, 3: one before, one after.
        most_travel_days=2,
        most_green_travel_days=2,
        # 2014-2020, 6.1 (top-up of this call) and 6.5 (special needs).
        paragraphs=frozenset({"disadvantaged", "special needs"}),
    ),
    2024: Figures(
        # 2021-2027, 1: the EU and six associated.
        programme_countries=tuple(f"{_EU} NO IS LI MK TR RS".split()),
        territories=_TERRITORIES,
        # 2021-2027, 1, "Region lists, calls 2022-2026".
        regions={
            1: "AL BA XK ME",
            2: "AM AZ BY GE MD UA",
            3: "DZ EG IL JO LB LY MA PS SY TN",
            4: "RU",
            5: "BD BT KH CN KP IN ID LA MY MV MN MM NP PK PH LK TH VN BN HK JP KR MO SG TW",
            6: "AF KZ KG TJ TM UZ",
            7: "IR IQ YE BH KW OM QA SA AE",
            8: "CK FJ KI MH FM NR NU PW PG WS SB TL TO TV VU AU NZ",
            9: (
                "AO BJ BW BF BI CV CM CF TD KM CG CD CI DJ GQ ER SZ ET GA GM GH GN GW KE LS LR MG MW ML MR MU MZ NA NE "
                "NG RW ST SN SC SL SO ZA SS SD TZ TG UG ZM ZW"
            ),
            10: "AR BO BR CL CO CR EC SV GT HN MX NI PA PY PE UY VE",
            11: "AG BS BB BZ CU DM DO GD GY HT JM KN LC VC SR TT",
            12: "US CA",
            13: "AD MC SM VA",
            14: "FO CH GB",
        },
        # 2021-2027, 1: regions 1-12, official.
        open_regions=frozenset(range(1, 13)),
        digital_traineeships_to=(),
        # 2021-2027, 1, "Restrictions and targets": regions 5-11, unverified.
        third_cycle_only=dict.fromkeys(range(5, 12), False),
        windows_of_the_third_cycle=(),
        # 2021-2027, 2: "From first year of study", official.
        year_of_studies=1,
        # 2021-2027, 1: "graduates within one year"; readings: traineeships only.
        recent_graduates=True,
        # Neither stands anywhere in 2021-2027; the coverage page says unverified.
        enrolment_is_shown=False,
        employment_is_shown=False,
        # 2021-2027, 2: 2-12 months; of the combined stay no text of this period speaks.
        study_days=60,
        traineeship_days=60,
        combined_is_shown=False,
        # 2021-2027, 3: "incomplete week pro rata", unverified.
        incomplete_teaching_week_is_shown=False,
        short_stays=True,
        # 2021-2027, 5, "Country groups", 2024 on.
        groups={
            1: "AT BE DK FI FR DE IS IE IT LI LU NL NO SE",
            2: "CY CZ EE GR LV MT PT SK SI ES",
            3: "BG HR HU LT MK PL RO RS TR",
        },
        # 2021-2027, 5, the columns of 2024.
        student_rates={0: 700, 1: 900, 2: 850, 3: 800},
        staff_rates={0: 190, 1: 190, 2: 170, 3: 148},
        bands=(
            (0, 0, 0),
            (10, 28, 56),
            (100, 211, 285),
            (500, 309, 417),
            (2000, 395, 535),
            (3000, 580, 785),
            (4000, 1188, 1188),
            (8000, 1735, 1735),
        ),
        # 2021-2027, 5: 2 standard, 6 green from 2024.
        most_travel_days=2,
        most_green_travel_days=6,
        paragraphs=frozenset({"inclusion", "fewer opportunities", "travel days of students", "traineeship"}),
    ),
}

# Both periods: 12 months of 30 days, 24 in one-cycle programmes (2014-2020, 2; 2021-2027, 2).
_MONTHS_12, _MONTHS_24 = 360, 720
# Both periods: 5 days to 2 months, from 1 day for staff invited from enterprises (2014-2020, 3; 2021-2027, 3).
_STAFF_DAYS, _MOST_STAFF_DAYS, _INVITED_DAYS = 5, 60, 1
# Both periods: 8 hours a week of 7 days, 4 where teaching goes with training (2014-2020, 3; 2021-2027, 3).
_HOURS, _COMBINED_HOURS, _WEEK = 8, 4, 7
# Both periods: 14 days in full, then 70 % (2014-2020, 6.2; 2021-2027, 5).
_FULL_DAYS, _REDUCED_PERCENT = 14, 70
# Both periods: below 70 % of the real cost the travel unit gives way to 80 % of it (2014-2020, 6.5; 2021-2027, 5).
_UNIT_COVERS_PERCENT, _REAL_COST_PERCENT = 70, 80
# 2021-2027, 2: short stays of students of 5 to 30 days; 5: 79 EUR a day to day 14, then 56; 250 EUR a month, or 100 EUR
# once for 5-14 days and 150 EUR for 15-30, for fewer opportunities.
_SHORT_DAYS, _MOST_SHORT_DAYS = 5, 30
_SHORT_FIRST_EUR, _SHORT_LATER_EUR = 79, 56
_FEWER_MONTHLY_EUR, _FEWER_SHORT_EUR, _FEWER_LONGER_EUR = 250, 100, 150
# 2021-2027, 5: "bike, bus, train, car-pooling, other sustainable"; on foot is of the last kind.
_GREEN_MEANS = ("bicycle", "bus", "train", "car_pooling", "foot", "other_low_emission")

_STUDENT_ACTIVITIES = ("studies", "traineeship", "studies_and_traineeship")
_STUDENT_FACTS = (
    "study_cycle",
    "one_cycle_programme",
    "year_of_study",
    "is_enrolled",
    "graduated_on",
    "residence_country",
    "days_used_in_cycle",
    "is_disadvantaged",
    "agency_top_up_eur_per_month",
)
_STAFF_FACTS = ("is_employed_by_sending", "is_invited")


# --- answers -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answers:
    """What the oracle says of a table: a verdict a row for every rule, amounts for those that pay [cents]."""

    verdicts: Mapping[str, Column]
    low: Mapping[str, Whole]
    """By rule that pays, the amount or its lower end; :data:`NONE` where nothing is due or can be told."""
    high: Mapping[str, Whole]
    total_low: Whole
    """What is due at least, all lines together; an open line counts nothing."""
    total_high: Whole
    """What is due at most; :data:`NONE` while a line is open."""

    @property
    def total(self) -> Whole:
        """What is due; :data:`NONE` while a line is open or a range."""
        return np.where(self.total_low == self.total_high, self.total_low, NONE)


# --- reading columns ---------------------------------------------------------------------------------------


class _Table:
    """The columns of a table; one that is not there is a column that nobody told."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.columns = columns
        self.rows = len(next(iter(columns.values())))

    def objects(self, name: str) -> Column:
        if name not in self.columns:
            return np.full(self.rows, None, dtype=object)
        return np.asarray(self.columns[name], dtype=object)

    def told(self, name: str) -> Mask:
        return np.array([value is not None for value in self.objects(name)], dtype=bool)

    def text(self, name: str) -> Column:
        """Words; empty where nobody told."""
        return np.array([value or "" for value in self.objects(name)], dtype=str)

    def flag(self, name: str, presumed: np.int8 = OPEN) -> Truth:
        """Yes or no; what is presumed where nobody told."""
        answers = {None: presumed, True: YES, False: NO}
        return np.array([answers[value] for value in self.objects(name)], dtype=np.int8)

    def date(self, name: str) -> Column:
        """Days; *not a time* where nobody told."""
        return np.array(list(self.objects(name)), dtype="datetime64[D]")

    def number(self, name: str, presumed: int = NONE) -> Whole:
        """Whole numbers; :data:`NONE` or what is presumed where nobody told."""
        return np.array([presumed if value is None else value for value in self.objects(name)], dtype=np.int64)

    def thousandths(self, name: str) -> Whole:
        """Numbers with up to three decimals as whole thousandths; :data:`NONE` where nobody told."""
        return np.array([_thousandths(value) for value in self.objects(name)], dtype=np.int64)


def _thousandths(value: object) -> int:
    if value is None:
        return NONE
    scaled = Decimal(str(value)) * 1000
    assert scaled == int(scaled), f"{value} has more than three decimals, which this oracle does not count with"
    return int(scaled)


# --- logic and arithmetic of columns -----------------------------------------------------------------------


def _all(*truths: Truth) -> Truth:
    return np.minimum.reduce(truths)


def _any(*truths: Truth) -> Truth:
    return np.maximum.reduce(truths)


def _not(truth: Truth) -> Truth:
    return (YES - truth).astype(np.int8)


def _truth(known: Mask, holds: Mask) -> Truth:
    """Yes or no where it is known, else open."""
    return np.where(known, np.where(holds, YES, NO), OPEN).astype(np.int8)


def _choice(*cases: tuple[Mask, Truth | np.int8], otherwise: Truth | np.int8) -> Truth:
    """The truth of the first case that is so."""
    return np.select([mask for mask, _ in cases], [truth for _, truth in cases], otherwise).astype(np.int8)


def _cents(eur: Whole | int, parts: int = 1) -> Whole:
    """EUR by so many parts, rounded half up to the cent."""
    return (2 * 100 * np.asarray(eur, dtype=np.int64) + parts) // (2 * parts)


def _months_of_30_days(start: Column, end: Column) -> Whole:
    """Readings: 360*dY + 30*dM + min(D2,30) - min(D1,30) + 1, no special case for February."""

    def parts(day: Column) -> tuple[Whole, Whole]:
        month = day.astype("datetime64[M]")
        return month.astype(np.int64), np.minimum((day - month).astype(np.int64) + 1, 30)

    (first_month, first_day), (last_month, last_day) = parts(start), parts(end)
    return 30 * (last_month - first_month) + last_day - first_day + 1


# --- the oracle --------------------------------------------------------------------------------------------


def oracle(call: int, columns: Mapping[str, Column]) -> Answers:
    """The answers for a table of one call; columns are named as facts, *None* is what nobody told."""
    return _Oracle(call, columns).answers()


class _Oracle:
    def __init__(self, call: int, columns: Mapping[str, Column]) -> None:
        self.figures = FIGURES[call]
        self.table = _Table(columns)
        self.verdicts: dict[str, Column] = {}
        self.low: dict[str, Whole] = {}
        self.high: dict[str, Whole] = {}
        self.total_low = np.zeros(self.table.rows, dtype=np.int64)
        self.total_high = np.zeros(self.table.rows, dtype=np.int64)

    def answers(self) -> Answers:
        self.who_goes()
        self.where()
        self.institutions()
        self.how_long()
        self.countries()
        self.organisations()
        self.people()
        self.durations()
        self.travel()
        self.support_of_students()
        self.support_of_staff()
        self.additions()
        self.learning_agreement()
        return Answers(self.verdicts, self.low, self.high, self.total_low, self.total_high)

    def every(self, truth: np.int8) -> Truth:
        return np.full(self.table.rows, truth, dtype=np.int8)

    def require(
        self,
        identity: str,
        holds: Truth,
        *,
        only_if: Iterable[Truth] = (),
        in_force: bool = True,
        unverified: Mask | bool = False,
    ) -> None:
        """A requirement; a refusal that is *unverified* is none, and leaves the answer open."""
        asked = np.select(
            [holds == YES, (holds == NO) & ~np.asarray(unverified)],
            [MET, NOT_MET],
            UNDETERMINED,
        )
        self.verdicts[identity] = self.conditioned(asked, only_if, in_force=in_force)

    def conditioned(self, asked: Column, only_if: Iterable[Truth], *, in_force: bool) -> Column:
        condition = _all(self.every(YES), *only_if)
        later = np.where(condition == OPEN, UNDETERMINED, asked) if in_force else NOT_IN_FORCE
        return np.where(condition == NO, NOT_APPLICABLE, later)

    def pay(
        self,
        identity: str,
        low: Whole,
        high: Whole,
        *,
        only_if: Iterable[Truth],
        known: Mask,
        nothing: Mask | None = None,
        in_force: bool = True,
    ) -> None:
        """A line of the grant [cents]; where there is *nothing* to pay, the rule does not apply."""
        asked = np.where(known, DUE, UNDETERMINED)
        if nothing is not None:
            asked = np.where(nothing, NOT_APPLICABLE, asked)
        verdict = self.conditioned(asked, only_if, in_force=in_force)
        due, is_open = verdict == DUE, verdict == UNDETERMINED
        self.verdicts[identity] = verdict
        self.low[identity] = np.where(due, low, NONE)
        self.high[identity] = np.where(due, high, NONE)
        self.total_low = self.total_low + np.where(due, low, 0)
        lost = is_open | (self.total_high == NONE)
        self.total_high = np.where(lost, NONE, self.total_high + np.where(due, high, 0))

    # --- who goes, and what for ----------------------------------------------------------------------------

    def who_goes(self) -> None:
        table = self.table
        self.activity = table.text("activity")
        self.activity_told = self.activity != ""
        kind = table.text("participant_kind")
        # Telling a fact that only students, or only staff, have tells who goes.
        student_told = np.logical_or.reduce([table.told(name) for name in _STUDENT_FACTS])
        staff_told = np.logical_or.reduce([table.told(name) for name in _STAFF_FACTS])
        self.is_student = _choice(
            (self.activity_told, np.where(np.isin(self.activity, _STUDENT_ACTIVITIES), YES, NO)),
            ((kind == "student") | student_told, YES),
            ((kind == "staff") | staff_told, NO),
            otherwise=OPEN,
        )
        self.is_staff = _not(self.is_student)
        self.is_study = self.does("studies", of=self.is_student)
        self.is_traineeship = self.does("traineeship", of=self.is_student)
        self.is_combined = self.does("studies_and_traineeship", of=self.is_student)
        self.teaches = self.does("teaching", "teaching_and_training", of=self.is_staff)

    def does(self, *activities: str, of: Truth) -> Truth:
        """Whether the activity is one of these; who is none *of* those who do it never does."""
        return _all(of, _truth(self.activity_told, np.isin(self.activity, activities)))

    # --- countries -----------------------------------------------------------------------------------------

    def status(self, name: str) -> tuple[Column, Mask, Whole]:
        """The country it counts as, whether it takes full part, and its region (0 where it has none)."""
        country = self.table.text(name)
        country = np.select([country == "EL", country == "UK"], ["GR", "GB"], country)
        for state, territories in self.figures.territories.items():
            country = np.where(np.isin(country, territories.split()), state, country)
        region = np.zeros(self.table.rows, dtype=np.int64)
        for number, members in self.figures.regions.items():
            region = np.where(np.isin(country, members.split()), number, region)
        return country, np.isin(country, self.figures.programme_countries), region

    def where(self) -> None:
        sending, sending_takes_part, sending_region = self.status("sending_country")
        receiving, receiving_takes_part, receiving_region = self.status("receiving_country")
        sending_known = sending_takes_part | (sending_region > 0)
        receiving_known = receiving_takes_part | (receiving_region > 0)
        known = sending_known & receiving_known
        self.is_credit = _truth(known, sending_takes_part != receiving_takes_part)
        self.is_incoming = _truth(known, receiving_takes_part & ~sending_takes_part)
        self.is_outgoing = _truth(known, sending_takes_part & ~receiving_takes_part)
        self.partner_region = np.where(self.is_outgoing == YES, receiving_region, sending_region)
        self.partner = np.where(self.is_outgoing == YES, receiving, sending)
        group = np.zeros(self.table.rows, dtype=np.int64)
        for number, members in self.figures.groups.items():
            group = np.where(np.isin(receiving, members.split()), number, group)
        self.group = np.where(self.is_outgoing == YES, 0, group)

    def countries(self) -> None:
        figures, table = self.figures, self.table
        self.require("eligibility.countries.one_programme_side", self.is_credit)
        cycle = table.text("study_cycle")
        exception = _all(
            _truth(self.is_credit == YES, np.isin(self.partner, figures.digital_traineeships_to)),
            self.is_outgoing,
            self.is_traineeship,
            _truth(cycle != "", np.isin(cycle, ("first", "second"))),
            table.flag("is_digital_traineeship"),
        )
        is_open = _truth(self.is_credit == YES, np.isin(self.partner_region, list(figures.open_regions)))
        self.require(
            "eligibility.partner.region_open",
            _any(is_open, exception),
            only_if=[self.is_credit],
        )
        window = np.isin(table.text("budget_window"), figures.windows_of_the_third_cycle)
        limited = np.isin(self.partner_region, list(figures.third_cycle_only)) | window
        shown = [region for region, is_shown in figures.third_cycle_only.items() if is_shown]
        self.require(
            "eligibility.outgoing.study_cycle",
            np.where(limited, _truth(cycle != "", cycle == "third"), YES),
            only_if=[self.is_credit, self.is_outgoing, self.is_student],
            unverified=~(np.isin(self.partner_region, shown) | window),
        )

    # --- institutions --------------------------------------------------------------------------------------

    def institutions(self) -> None:
        table = self.table
        # Studies and teaching always take place at a university, also where something else is done besides.
        hosted = np.isin(self.activity, ("studies", "studies_and_traineeship", "teaching", "teaching_and_training"))
        self.sending_is_university = self.is_university("sending", self.is_student == YES)
        self.receiving_is_university = self.is_university("receiving", hosted)
        self.sending_charter, self.receiving_charter = (
            table.flag("sending_holds_charter"),
            table.flag("receiving_holds_charter"),
        )

    def is_university(self, side: str, by_what_is_done: Mask) -> Truth:
        """Told as what it may be: students are always sent by one, studies and teaching always take place at one."""
        kind, charter = self.table.text(f"{side}_kind"), self.table.flag(f"{side}_holds_charter")
        return _choice(
            ((charter == YES) | by_what_is_done, YES),
            otherwise=_truth(kind != "", kind == "university"),
        )

    def of_programme_side(self, sending: Truth, receiving: Truth) -> Truth:
        return self.of_side(sending, receiving, self.is_outgoing)

    def of_partner_side(self, sending: Truth, receiving: Truth) -> Truth:
        return self.of_side(sending, receiving, self.is_incoming)

    def of_side(self, sending: Truth, receiving: Truth, is_sending: Truth) -> Truth:
        return _choice((self.is_credit != YES, OPEN), (is_sending == YES, sending), otherwise=receiving)

    def organisations(self) -> None:
        table, universities = self.table, (self.sending_is_university, self.receiving_is_university)
        self.require(
            "eligibility.charter.programme_side",
            self.of_programme_side(self.sending_charter, self.receiving_charter),
            only_if=[self.is_credit, self.of_programme_side(*universities)],
        )
        self.require(
            "eligibility.partner.recognised",
            self.of_partner_side(table.flag("sending_is_recognised"), table.flag("receiving_is_recognised")),
            only_if=[self.is_credit, self.of_partner_side(*universities)],
        )
        for side in ("programme_side", "partner_side"):
            signed = table.date(f"agreement_signed_by_{side}_on")
            self.require(
                f"agreement.signature.{side}",
                self.before_start(signed),
                only_if=[self.is_credit, *universities],
            )

    def before_start(self, day: Column) -> Truth:
        return _truth(~np.isnat(day) & ~np.isnat(self.start), day < self.start)

    # --- participants --------------------------------------------------------------------------------------

    def people(self) -> None:
        figures, table = self.figures, self.table
        self.require("eligibility.activity.open", np.where(self.activity_told, YES, OPEN))
        enrolled, graduated = table.flag("is_enrolled"), table.date("graduated_on")
        # The day of graduation is asked of the studies that the mobility belongs to: who has it before the stay begins
        # is a graduate, enrolled elsewhere or not. Who has none is one only if not enrolled either.
        graduated_before = _choice(
            (~np.isnat(graduated), _truth(~np.isnat(self.start), graduated < self.start)),
            (enrolled == YES, NO),
            otherwise=OPEN,
        )
        for_traineeship = _truth(self.activity_told, self.activity == "traineeship")
        as_graduate = _all(graduated_before, for_traineeship) if figures.recent_graduates else self.every(NO)
        as_student = [self.is_student, _not(as_graduate)]
        self.require(
            "eligibility.student.enrolled", enrolled, only_if=as_student, unverified=not figures.enrolment_is_shown
        )
        asked = np.where(self.activity == "traineeship", 1, figures.year_of_studies)
        year, cycle = table.number("year_of_study"), table.text("study_cycle")
        self.require(
            "eligibility.student.year_of_study",
            _choice(
                (~self.activity_told, OPEN),
                (asked == 1, YES),
                (year == NONE, OPEN),
                (year >= asked, YES),
                # No text says whether the years of an earlier cycle count, and the year told may leave them out.
                otherwise=_truth(np.isin(cycle, ("short", "first")), np.zeros_like(year, dtype=bool)),
            ),
            only_if=as_student,
        )
        self.require(
            "eligibility.staff.employed",
            table.flag("is_employed_by_sending"),
            only_if=[self.is_staff],
            unverified=not figures.employment_is_shown,
        )

    # --- durations -----------------------------------------------------------------------------------------

    def how_long(self) -> None:
        figures, table = self.figures, self.table
        self.start, self.end = table.date("start_date"), table.date("end_date")
        self.dated = ~np.isnat(self.start) & ~np.isnat(self.end)
        some_day = np.datetime64("2020-01-01")
        start, end = np.where(self.dated, self.start, some_day), np.where(self.dated, self.end, some_day)
        self.calendar = (end - start).astype(np.int64) + 1
        self.thirties = _months_of_30_days(start, end)
        stay_format = table.text("stay_format")
        # A stay is as it is told until its dates say that no short one lasts so long; then it is judged as a long one.
        self.is_short = _choice(
            (self.is_student != YES, self.is_student),
            ((not figures.short_stays) | (self.dated & (self.calendar > _MOST_SHORT_DAYS)), NO),
            otherwise=_truth(stay_format != "", stay_format != "long_term"),
        )
        self.is_long = _all(self.is_student, _not(self.is_short))
        self.is_blended = self.is_told_as("blended", stay_format)
        self.is_doctoral = self.is_told_as("short_doctoral", stay_format)
        # The days of a student are known where the format is, or where both counts come to the same.
        self.days_known = self.dated & ((self.is_short != OPEN) | (self.calendar == self.thirties))
        self.student_days = np.where(self.is_short == YES, self.calendar, self.thirties)
        self.without_grant = table.number("zero_grant_days", presumed=0)
        self.funded_student_days = np.maximum(self.student_days - self.without_grant, 0)
        self.funded_calendar_days = np.maximum(self.calendar - self.without_grant, 0)
        self.carries_grant = _all(_not(table.flag("is_zero_grant", presumed=NO)), self.a_day_is_left())

    def is_told_as(self, wanted: str, stay_format: Column) -> Truth:
        """Whether the stay is told as such a short one, be it too long for it or not."""
        no_short_stays = np.full(self.table.rows, not self.figures.short_stays)
        return _choice(
            (self.is_student != YES, self.is_student),
            (no_short_stays, NO),
            (stay_format != "", np.where(stay_format == wanted, YES, NO)),
            (self.is_short == NO, NO),
            otherwise=OPEN,
        )

    def a_day_is_left(self) -> Truth:
        """Whether a day with a grant is left; every stay has a day, and where both counts agree none need be chosen."""
        by_month, by_calendar = self.thirties > self.without_grant, self.calendar > self.without_grant
        by_month = np.where((self.is_staff == YES) | (self.is_short == YES), by_calendar, by_month)
        by_calendar = np.where(self.is_long == YES, by_month, by_calendar)
        return _choice(
            (self.without_grant == 0, YES),
            (~self.dated | (by_month != by_calendar), OPEN),
            otherwise=_truth(self.dated, by_month),
        )

    def durations(self) -> None:
        figures, table = self.figures, self.table
        term = table.flag("covers_academic_term")
        # A term suffices in place of the days; without its dates no stay is judged.
        long_enough = np.where(self.dated, _any(_truth(self.dated, self.thirties >= figures.study_days), term), OPEN)
        self.require(
            "duration.study.minimum",
            long_enough,
            only_if=[self.is_long, self.is_study],
        )
        self.require("duration.study.maximum", self.at_most_months_12(), only_if=[self.is_long, self.is_study])
        self.require(
            "duration.traineeship.minimum",
            _truth(self.dated, self.thirties >= figures.traineeship_days),
            only_if=[self.is_long, self.is_traineeship],
        )
        self.require(
            "duration.traineeship.maximum", self.at_most_months_12(), only_if=[self.is_long, self.is_traineeship]
        )
        self.require(
            "duration.combined.minimum",
            long_enough,
            only_if=[self.is_long, self.is_combined],
            unverified=not figures.combined_is_shown,
        )
        self.require(
            "duration.combined.maximum",
            self.at_most_months_12(),
            only_if=[self.is_long, self.is_combined],
            unverified=not figures.combined_is_shown,
        )
        self.cycle_cap()
        for kind, condition in (("blended", self.is_blended), ("short_doctoral", self.is_doctoral)):
            for end, holds in (
                ("minimum", self.calendar >= _SHORT_DAYS),
                ("maximum", self.calendar <= _MOST_SHORT_DAYS),
            ):
                self.require(
                    f"duration.{kind}.{end}",
                    _truth(self.dated, holds),
                    only_if=[condition],
                    in_force=figures.short_stays,
                )
        self.staff_durations()

    def at_most_months_12(self) -> Truth:
        return _truth(self.dated, self.thirties <= _MONTHS_12)

    def cycle_cap(self) -> None:
        table = self.table
        used, one_cycle = table.number("days_used_in_cycle"), table.flag("one_cycle_programme")
        at_least = self.student_days + np.maximum(used, 0)
        most = np.where(one_cycle == NO, _MONTHS_12, _MONTHS_24)
        sure = np.where(one_cycle == YES, _MONTHS_24, _MONTHS_12)
        self.require(
            "duration.cycle.cap",
            _choice(
                (~self.days_known, OPEN),
                (at_least > most, NO),
                ((used != NONE) & (at_least <= sure), YES),
                otherwise=OPEN,
            ),
            only_if=[self.is_student],
        )

    def staff_durations(self) -> None:
        table = self.table
        invited = _all(self.is_staff, _not(self.sending_is_university), table.flag("is_invited"))
        self.require(
            "duration.staff.minimum",
            _choice(
                (~self.dated, OPEN),
                (self.calendar >= _STAFF_DAYS, YES),
                otherwise=_all(invited, _truth(self.dated, self.calendar >= _INVITED_DAYS)),
            ),
            only_if=[self.is_staff],
        )
        self.require(
            "duration.staff.maximum",
            _truth(self.dated, self.calendar <= _MOST_STAFF_DAYS),
            only_if=[self.is_staff],
        )
        hours = table.thousandths("teaching_hours")
        weekly = 1000 * np.where(self.activity == "teaching_and_training", _COMBINED_HOURS, _HOURS)
        full_weeks = np.maximum(self.calendar // _WEEK, 1)
        enough = hours * _WEEK >= weekly * np.maximum(self.calendar, _WEEK)
        enough_for_full_weeks = hours >= weekly * full_weeks
        asked = self.dated & self.activity_told
        self.require(
            "duration.teaching.hours",
            # Staff invited from enterprises has no minimum of hours.
            np.where(asked, _any(invited, _truth(hours != NONE, enough)), OPEN),
            only_if=[self.is_staff, self.teaches],
            unverified=enough_for_full_weeks if not self.figures.incomplete_teaching_week_is_shown else False,
        )

    # --- travel --------------------------------------------------------------------------------------------

    def travel(self) -> None:
        figures, table = self.figures, self.table
        distance = table.thousandths("distance_km")
        told = distance != NONE
        self.require("travel.distance.band", np.where(told, YES, OPEN))
        green = self.travels_green()
        real = table.thousandths("real_travel_costs_eur")
        low = np.full(self.table.rows, np.iinfo(np.int64).max)
        high = np.zeros(self.table.rows, dtype=np.int64)
        ends = [from_km for from_km, _, _ in figures.bands[1:]] + [None]
        for (from_km, standard, by_green), to_km in zip(figures.bands, ends, strict=True):
            here = ~told | ((distance >= 1000 * from_km) & ((to_km is None) | (distance < 1000 * (to_km or 0))))
            for amount, possible in ((standard, green != YES), (by_green, green != NO)):
                expensive = (real != NONE) & (1000 * 100 * amount < _UNIT_COVERS_PERCENT * real)
                cents = np.where(expensive, (2 * _REAL_COST_PERCENT * real // 10 + 100) // 200, 100 * amount)
                low = np.where(here & possible, np.minimum(low, cents), low)
                high = np.where(here & possible, np.maximum(high, cents), high)
        self.pay(
            "funding.travel.support",
            low,
            high,
            # It is paid to students and to staff; who goes must be known all the same.
            only_if=[self.is_credit, self.carries_grant, np.where(self.is_student == OPEN, OPEN, YES)],
            known=np.ones(self.table.rows, dtype=bool),
            nothing=table.flag("is_travel_paid_otherwise", presumed=NO) == YES,
        )
        self.count_travel_days(green)

    def travels_green(self) -> Truth:
        """Whether more than half of the kilometres of up to two legs are travelled by green means."""
        if not self.figures.short_stays:
            return self.every(NO)
        first_green, first_km = self.leg(0)
        second_green, second_km = self.leg(1)
        no_second = second_green == OPEN
        both_told = (first_km != NONE) & (second_km != NONE)
        return _choice(
            (first_green == OPEN, OPEN),
            (no_second | (first_green == second_green), first_green),
            (both_told & (first_km == second_km), NO),
            (both_told, np.where(first_km > second_km, first_green, second_green)),
            otherwise=OPEN,
        )

    def leg(self, number: int) -> tuple[Truth, Whole]:
        """Whether this leg is green (open where there is none), and its length [thousandths of a km]."""
        legs = [
            None if legs is None or len(legs) <= number else legs[number] for legs in self.table.objects("travel_legs")
        ]
        means = np.array([leg["means"] if leg else "" for leg in legs], dtype=str)
        length = np.array([_thousandths(leg["distance_km"]) if leg else NONE for leg in legs], dtype=np.int64)
        return _truth(means != "", np.isin(means, _GREEN_MEANS)), length

    def count_travel_days(self, green: Truth) -> None:
        """The days of travel that are paid, from and to, by the dates of the journeys and by what is claimed."""
        table, figures = self.table, self.figures
        outward, back = table.date("outward_travel_date"), table.date("return_travel_date")
        claimed = table.number("travel_days_claimed")
        outward_told = ~np.isnat(outward) & ~np.isnat(self.start)
        back_told = ~np.isnat(back) & ~np.isnat(self.end)
        some_day = np.datetime64("2020-01-01")
        before = (np.where(outward_told, self.start, some_day) - np.where(outward_told, outward, some_day)).astype(
            np.int64
        )
        after = (np.where(back_told, back, some_day) - np.where(back_told, self.end, some_day)).astype(np.int64)

        def paid(untold_before: int, untold_after: int, each: int, most: int) -> Whole:
            one = np.where(outward_told, before, untold_before)
            other = np.where(back_told, after, untold_after)
            return np.minimum(np.minimum(one, each) + np.minimum(other, each), most)

        ways = (
            (green != YES, 1, figures.most_travel_days),
            (green != NO, figures.most_green_travel_days, figures.most_green_travel_days),
        )
        low = np.full(self.table.rows, np.iinfo(np.int64).max)
        high = np.zeros(self.table.rows, dtype=np.int64)
        for possible, each, most in ways:
            greatest = paid(each, each, each, most)
            # A claim is taken at its word where a journey has no date.
            least = np.where(claimed == NONE, paid(0, 0, each, most), np.minimum(claimed, greatest))
            greatest = np.where(claimed == NONE, greatest, np.minimum(claimed, greatest))
            low = np.where(possible, np.minimum(low, least), low)
            high = np.where(possible, np.maximum(high, greatest), high)
        self.travel_days_low, self.travel_days_high = low, high

    # --- individual support --------------------------------------------------------------------------------

    def rate(self, rates: Mapping[int, int]) -> Whole:
        """EUR by the group of the receiving country; 0 where it is open."""
        found = np.zeros(self.table.rows, dtype=np.int64)
        for group, eur in rates.items():
            found = np.where(self.group == group, eur, found)
        return found

    def support_of_students(self) -> None:
        figures = self.figures
        monthly = self.rate(figures.student_rates)
        of_long = [self.is_credit, self.carries_grant, self.is_long]
        of_short = [self.is_credit, self.carries_grant, self.is_short]
        amount = _cents(self.funded_student_days * monthly, 30)
        self.pay("funding.student.individual_support", amount, amount, only_if=of_long, known=self.days_known)
        self.pay(
            "funding.student.travel_days",
            _cents(self.travel_days_low * monthly, 30),
            _cents(self.travel_days_high * monthly, 30),
            only_if=of_long,
            known=np.ones(self.table.rows, dtype=bool),
            nothing=self.travel_days_high == 0,
            in_force="travel days of students" in figures.paragraphs,
        )
        first = np.minimum(self.funded_calendar_days, _FULL_DAYS)
        later = np.minimum(self.funded_calendar_days, _MOST_SHORT_DAYS) - first
        for name, days, eur in (("first", first, _SHORT_FIRST_EUR), ("later", later, _SHORT_LATER_EUR)):
            self.pay(
                f"funding.student.short_stay_{name}_days",
                100 * days * eur,
                100 * days * eur,
                only_if=of_short,
                known=self.dated,
                nothing=self.dated & (days == 0),
                in_force=figures.short_stays,
            )

    def support_of_staff(self) -> None:
        daily = self.rate(self.figures.staff_rates)
        stay = np.minimum(self.funded_calendar_days, _MOST_STAFF_DAYS)
        least, most = stay + self.travel_days_low, stay + self.travel_days_high
        of_staff = [self.is_credit, self.carries_grant, self.is_staff]
        self.pay(
            "funding.staff.days_in_full",
            100 * daily * np.minimum(least, _FULL_DAYS),
            100 * daily * np.minimum(most, _FULL_DAYS),
            only_if=of_staff,
            known=self.dated,
        )
        self.pay(
            "funding.staff.days_reduced",
            _REDUCED_PERCENT * daily * np.maximum(least - _FULL_DAYS, 0),
            _REDUCED_PERCENT * daily * np.maximum(most - _FULL_DAYS, 0),
            only_if=of_staff,
            known=self.dated,
            nothing=self.dated & (most <= _FULL_DAYS),
        )

    # --- what comes on top ---------------------------------------------------------------------------------

    def additions(self) -> None:
        figures, table = self.figures, self.table
        costs = table.thousandths("inclusion_costs_eur")
        fewer = _any(table.flag("has_fewer_opportunities", presumed=NO), np.where(costs > 0, YES, NO))
        amount = _cents(self.funded_student_days * _FEWER_MONTHLY_EUR, 30)
        self.pay(
            "funding.student.fewer_opportunities_monthly",
            amount,
            amount,
            only_if=[self.is_credit, self.carries_grant, self.is_long, fewer],
            known=self.days_known,
            in_force="fewer opportunities" in figures.paragraphs,
        )
        days = self.funded_calendar_days
        amount = 100 * np.where(days <= _FULL_DAYS, _FEWER_SHORT_EUR, _FEWER_LONGER_EUR)
        self.pay(
            "funding.student.fewer_opportunities_short",
            amount,
            amount,
            only_if=[self.is_credit, self.carries_grant, self.is_short, fewer],
            known=self.dated,
            nothing=self.dated & (days < _SHORT_DAYS),
            in_force="fewer opportunities" in figures.paragraphs,
        )
        top_up = table.thousandths("agency_top_up_eur_per_month")
        amount = (2 * top_up * self.funded_student_days + 300) // 600
        self.pay(
            "funding.student.disadvantaged_top_up",
            amount,
            amount,
            only_if=[self.is_credit, self.carries_grant, self.is_student, table.flag("is_disadvantaged", presumed=NO)],
            known=self.days_known & (top_up != NONE),
            in_force="disadvantaged" in figures.paragraphs,
        )
        nothing = np.zeros(self.table.rows, dtype=np.int64)
        self.pay(
            "funding.student.traineeship_top_up",
            nothing,
            nothing,
            only_if=[self.is_credit, self.carries_grant, self.is_long, self.is_traineeship],
            known=np.ones(self.table.rows, dtype=bool),
            nothing=np.ones(self.table.rows, dtype=bool),
            in_force="traineeship" in figures.paragraphs,
        )
        real = (2 * costs + 10) // 20
        for identity, paragraph in (
            ("funding.inclusion.participant", "inclusion"),
            ("funding.special_needs.participant", "special needs"),
        ):
            self.pay(
                identity,
                real,
                real,
                only_if=[self.is_credit],
                known=np.ones(self.table.rows, dtype=bool),
                nothing=costs == NONE,
                in_force=paragraph in figures.paragraphs,
            )

    # --- documents -----------------------------------------------------------------------------------------

    def learning_agreement(self) -> None:
        signed = [
            self.table.date(f"learning_agreement_signed_by_{who}_on") for who in ("participant", "sending", "receiving")
        ]
        self.require(
            "recognition.learning_agreement.signed",
            _all(*(self.before_start(day) for day in signed)),
            only_if=[self.is_student],
        )
