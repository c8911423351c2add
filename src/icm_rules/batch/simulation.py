"""Simulated mobilities: a table with the shape of the real flows, made block by block from a seed.

The distributions stand in ``flows.toml`` beside this module, each with its source, most of them assumed; the countries,
regions and activities are those of the Guide of each call. No row is a real mobility, and nothing here is a statistic.

The same seed gives the same bytes on every machine: every value comes from the raw stream of a counter-based generator
(Philox, which NumPy keeps the same through its versions) by whole-number arithmetic alone.
"""

from __future__ import annotations

import functools
import tomllib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from importlib import resources
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

import attrs
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from icm_rules.engine.citations import Closed
from icm_rules.engine.errors import GuideError, InputError, shown
from icm_rules.guide import Guide, calls, guide
from icm_rules.guide.provisions import Activities, ProgrammeCountries, Provision, Regions
from icm_rules.model.countries import country_table
from icm_rules.model.fields import a_number, a_whole_number, a_year
from icm_rules.model.identifiers import project_number
from icm_rules.model.terms import Activity, CreditSystem, InstitutionKind, ParticipantKind, StayFormat, StudyCycle

BLOCK_ROWS: Final = 32_768
"""The rows of a block. A block is made from the seed and its number alone, whatever the length of the table."""
USUAL_MISSING: Final = Decimal("0.01")
"""The share of the values left out where nothing else is asked for."""

_PARTS: Final = 10_000
"""Shares count in ten-thousandths, and every list of weights is spread over as many places."""
_HIGH: Final = np.uint64(32)
_KEYS: Final = 2**64
_EPOCH: Final = date(1970, 1, 1).toordinal()
_YEARS: Final = 4
"""The years from that of the call in which a stay may begin, plus one."""
_MONTHS: Final = 12
_FIRST_OF_ACADEMIC_YEAR: Final = 8
"""August: from here on a stay lies in the academic year that begins in this calendar year."""
_FIRST_DAYS: Final = 28
"""A stay begins on one of the days that every month has."""
_LONG_NUMBERS_FROM: Final = 2021
"""From this call on project numbers name the field of education and have nine digits, see ``identifiers``."""
_INVENTED: Final = 900_000
"""Numbers of invented projects count from here."""

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


# --- the distributions -------------------------------------------------------------------------------------


@functools.cache
def flows() -> Mapping[str, Mapping[str, Any]]:
    """The distributions of ``flows.toml`` by the name of their table, each with source, confidence and note.

    Raises:
        GuideError: a table says not where it is from, or names a region that is in no Guide.

    """
    text = resources.files("icm_rules.batch").joinpath("flows.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, Any]] = tomllib.loads(text)
    for name, table in tables.items():
        for key in ("source", "confidence", "note"):
            if not table.get(key):
                message = f"flows.toml says no {key} of {name}: write it, or source = 'assumed' and what was assumed"
                raise GuideError(message)
    known = {line.name for call in calls() for line in _regions(guide(call)).lines}
    for place, named in (
        ("partner_regions.weights", tables["partner_regions"]["weights"]),
        ("distance.regions", tables["distance"]["regions"]),
    ):
        for region in named:
            if region not in known:
                message = f"flows.toml names {region!r} under {place}, and no Guide has a region of this name; mend it"
                raise GuideError(message)
    return MappingProxyType(tables)


def _regions(of: Guide) -> Regions:
    return _paragraph(of, "regions", Regions)


_P = TypeVar("_P", bound=Provision)


def _paragraph(of: Guide, name: str, kind: type[_P]) -> _P:
    paragraph = of[name]
    if not isinstance(paragraph, kind):
        message = f"{of.title} has no {name} in force, and without it no mobility can be simulated; take another call"
        raise GuideError(message)
    return paragraph


def spread(weights: Iterable[int]) -> Numbers:
    """Which weight each of the ten-thousand places belongs to, in their order; the largest remainders round up."""
    return _spread_over_places(tuple(int(weight) for weight in weights))


@functools.lru_cache(maxsize=512)
def _spread_over_places(weights: tuple[int, ...]) -> Numbers:
    total = sum(weights)
    places = [weight * _PARTS // total for weight in weights]
    remainders = sorted(range(len(weights)), key=lambda index: (-(weights[index] * _PARTS % total), index))
    for index in remainders[: _PARTS - sum(places)]:
        places[index] += 1
    spread = np.repeat(np.arange(len(weights), dtype=np.int64), places)
    spread.flags.writeable = False  # every block is given the same
    return spread


@attrs.frozen(eq=False)
class _Spans:
    """Spans of whole numbers, each with a weight; several lists of them, one a row."""

    places: Numbers
    first: Numbers
    width: Numbers

    @classmethod
    def of(cls, lists: Iterable[Sequence[Sequence[int]]]) -> _Spans:
        places: list[Numbers] = []
        first: list[int] = []
        width: list[int] = []
        for spans in lists:
            places.append(spread([weight for _, _, weight in spans]) + len(first))
            first += [low for low, _, _ in spans]
            width += [high - low + 1 for low, high, _ in spans]
        return cls(np.stack(places), np.array(first, dtype=np.int64), np.array(width, dtype=np.int64))


# --- the drawing -------------------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class _Draws:
    """The draws of one block. Each has a name and a stream of its own, so a new one moves none of the others."""

    seed: int
    block: int

    def below(self, name: str, bound: int | Numbers) -> Numbers:
        """A whole number from none up to the bound, for each row; the bound may differ from row to row."""
        key = np.array([self.seed, self.block], dtype=np.uint64)
        counter = np.array([0, 0, zlib.crc32(name.encode()), 0], dtype=np.uint64)
        raw = np.random.Philox(key=key, counter=counter).random_raw(BLOCK_ROWS)
        limit = np.uint64(bound) if isinstance(bound, int) else bound.astype(np.uint64)
        drawn: Numbers = ((raw >> _HIGH) * limit >> _HIGH).astype(np.int64)
        return drawn

    def hits(self, name: str, share: int) -> Flags:
        """The rows of a share in ten-thousandths."""
        hit: Flags = self.below(name, _PARTS) < share
        return hit

    def chosen(self, name: str, places: Numbers, row: Numbers | None = None) -> Numbers:
        """What stands at a place drawn at random in the list, or in that of several lists which ``row`` names."""
        drawn = self.below(name, _PARTS)
        found: Numbers = places[drawn] if row is None else places.reshape(-1)[row * _PARTS + drawn]
        return found

    def within(self, name: str, spans: _Spans, row: Numbers) -> Numbers:
        """A whole number from the spans that ``row`` names."""
        span = self.chosen(f"{name}: span", spans.places, row)
        return spans.first[span] + self.below(name, spans.width[span])


# --- what the calls give -----------------------------------------------------------------------------------


@attrs.frozen(eq=False)
class _World:
    """Words and tables of the calls asked for: what the Guides and the distributions amount to."""

    words: Mapping[str, pa.Array]
    """The dictionary of each column of words."""
    first_year: int
    """The year in which the first academic year of its dictionary begins."""
    calls: Numbers
    activities: Numbers
    """By call, by direction, by whether the slip of a closed activity is made: places of activities."""
    programme: Numbers
    """By call: places of positions in ``programme_countries``."""
    programme_countries: Numbers
    """By position: the country."""
    projects: Numbers
    """By position in ``programme_countries``: the first of its projects."""
    regions: Numbers
    """By call, by whether the slip of a closed region is made: places of regions."""
    region_first: Numbers
    region_size: Numbers
    region_countries: Numbers
    distance: _Spans
    """By region, and last between two countries that take full part."""
    short_formats: Flags
    """By call: whether its Guide knows blended and short doctoral stays."""


_ACTIVITIES: Final = tuple(Activity)
_OF_STUDENTS: Final = np.array([activity.of_students for activity in _ACTIVITIES])
_INCOMING, _OUTGOING = 0, 1
_SIDES: Final = ("incoming", "outgoing")


@functools.cache
def _world(years: tuple[int, ...]) -> _World:
    shapes, guides = flows(), [guide(call) for call in years]
    regions = [line for of in guides for line in _regions(of).lines]
    full_part = [sorted(_paragraph(of, "programme_countries", ProgrammeCountries).countries) for of in guides]
    countries = sorted({*(code for codes in full_part for code in codes), *(c for r in regions for c in r.countries)})
    place_of = {code: place for place, code in enumerate(countries)}

    weights, projects, positions, offset = shapes["programme_countries"], [], [], 0
    for codes in full_part:
        own = [int(weights["weights"].get(code, weights["others"])) for code in codes]
        positions.append(spread(own) + offset)
        offset += len(codes)
    for of, codes in zip(guides, full_part, strict=True):
        projects += [text for code in codes for text in _projects(of, code, int(shapes["institutions"]["projects"]))]

    drawn_regions, first = [], 0
    for of in guides:
        lines = _regions(of).lines
        shape = shapes["partner_regions"]
        own = [int(shape["weights"].get(line.name, shape["others"])) for line in lines]
        is_open = [line.open for line in lines]
        for wanted in (True, False):
            chosen = [weight if stands is wanted else 0 for weight, stands in zip(own, is_open, strict=True)]
            drawn_regions.append(spread(chosen if any(chosen) else own) + first)
        first += len(lines)
    far = shapes["distance"]
    bounds = [far["regions"].get(line.name, far["others"]) for line in regions] + [far["between_programme_countries"]]

    first_year, last_year = min(years) - _YEARS, max(years) + 2 * _YEARS
    return _World(
        words=_words(first_year, last_year, countries, projects),
        first_year=first_year,
        calls=np.array(years, dtype=np.int64),
        activities=np.stack([_activities(of, side, slip=slip) for of in guides for side in _SIDES for slip in (0, 1)]),
        programme=np.stack(positions),
        programme_countries=np.array([place_of[code] for codes in full_part for code in codes], dtype=np.int64),
        projects=np.arange(offset, dtype=np.int64) * 2 * int(shapes["institutions"]["projects"]),
        regions=np.stack(drawn_regions),
        region_first=np.array([0, *np.cumsum([len(line.countries) for line in regions])[:-1]], dtype=np.int64),
        region_size=np.array([len(line.countries) for line in regions], dtype=np.int64),
        region_countries=np.array([place_of[c] for line in regions for c in sorted(line.countries)], dtype=np.int64),
        distance=_Spans.of([[(low, high, 1)] for low, high in bounds]),
        short_formats=np.array([not isinstance(of["blended_student_duration"], Closed) for of in guides]),
    )


def _projects(of: Guide, country: str, number: int) -> Iterator[str]:
    """Numbers of invented projects of one country: first of this action, then of the one inside the Programme."""
    elsewhere = {code: other for other, code in country_table()["from_eu_convention"].items()}
    agency = f"{elsewhere.get(country, country)}01"
    for action in (of.terminology.action, of.terminology.action_between_programme_countries):
        for serial in range(_INVENTED, _INVENTED + number):
            last = f"HED-{serial:09d}" if of.call >= _LONG_NUMBERS_FROM else f"{serial:06d}"
            yield project_number(f"{of.call}-1-{agency}-{action}-{last}").text


def _activities(of: Guide, side: str, *, slip: int) -> Numbers:
    """Places of activities for one call and direction; with the slip, of those which the Guide does not open."""
    shape = flows()["activity"]
    is_open = {line.activity: line.open for line in _paragraph(of, "activities", Activities).lines}
    places = []
    for kind in ParticipantKind:
        own = [int(shape[kind].get(activity, 0)) for activity in _ACTIVITIES]
        held = [
            weight if is_open[activity] is not bool(slip) else 0
            for activity, weight in zip(_ACTIVITIES, own, strict=True)
        ]
        places.append(spread(held if any(held) else own))
    share = flows()["participant"][side]
    people = spread([int(share[kind]) for kind in ParticipantKind])
    students = int(np.count_nonzero(people == 0))
    # Both lists are sorted by activity; one place in so many of each keeps their shares.
    taken = [
        places[0][np.arange(students) * _PARTS // max(students, 1)],
        places[1][np.arange(_PARTS - students) * _PARTS // max(_PARTS - students, 1)],
    ]
    return np.concatenate(taken)


def _words(first_year: int, last_year: int, countries: list[str], projects: list[str]) -> Mapping[str, pa.Array]:
    invented = int(flows()["institutions"]["in_a_country"])
    names = tuple(f"Invented organisation {n} in {code}" for code in countries for n in range(1, invented + 1))
    academic = tuple(f"{year}/{year + 1}" for year in range(first_year, last_year))
    found: dict[str, tuple[str, ...]] = {
        "project_number": tuple(projects),
        "activity": _ACTIVITIES,
        "stay_format": tuple(StayFormat),
        "participant_kind": tuple(ParticipantKind),
        "study_cycle": tuple(StudyCycle),
        "credit_system": tuple(CreditSystem),
        "subject_area": tuple(flows()["subject_area"]["codes"]),
    }
    for side in ("sending", "receiving"):
        found |= {f"{side}_country": tuple(countries), f"{side}_name": names, f"{side}_kind": tuple(InstitutionKind)}
    found["residence_country"] = tuple(countries)
    for name in ("academic_year", "agreement_first_academic_year", "agreement_last_academic_year"):
        found[name] = academic
    return MappingProxyType({name: pa.array(map(str, words), pa.string()) for name, words in found.items()})


# --- the columns -------------------------------------------------------------------------------------------

_WORD: Final = pa.dictionary(pa.int16(), pa.string())
_HALVES: Final = pa.decimal128(5, 1)

COLUMNS: Final[Mapping[str, pa.DataType]] = MappingProxyType(
    {
        "call": pa.int16(),
        "project_number": _WORD,
        "activity": _WORD,
        "stay_format": _WORD,
        "has_virtual_part": pa.bool_(),
        "grant_agreement_signed_on": pa.date32(),
        "sending_name": _WORD,
        "sending_country": _WORD,
        "sending_kind": _WORD,
        "sending_holds_charter": pa.bool_(),
        "sending_is_recognised": pa.bool_(),
        "sending_is_public_interest_trust": pa.bool_(),
        "receiving_name": _WORD,
        "receiving_country": _WORD,
        "receiving_kind": _WORD,
        "receiving_holds_charter": pa.bool_(),
        "receiving_is_recognised": pa.bool_(),
        "receiving_is_public_interest_trust": pa.bool_(),
        "participant_kind": _WORD,
        "study_cycle": _WORD,
        "one_cycle_programme": pa.bool_(),
        "year_of_study": pa.int16(),
        "is_enrolled": pa.bool_(),
        "graduated_on": pa.date32(),
        "residence_country": _WORD,
        "days_used_in_cycle": pa.int16(),
        "is_disadvantaged": pa.bool_(),
        "is_employed_by_sending": pa.bool_(),
        "is_invited": pa.bool_(),
        "agreement_signed_by_programme_side_on": pa.date32(),
        "agreement_signed_by_partner_side_on": pa.date32(),
        "agreement_first_academic_year": _WORD,
        "agreement_last_academic_year": _WORD,
        "agreement_binds_partner_to_charter": pa.bool_(),
        "agreement_provides_for_recognition": pa.bool_(),
        "learning_agreement_signed_by_participant_on": pa.date32(),
        "learning_agreement_signed_by_sending_on": pa.date32(),
        "learning_agreement_signed_by_receiving_on": pa.date32(),
        "mobility_agreement_signed_by_participant_on": pa.date32(),
        "mobility_agreement_signed_by_sending_on": pa.date32(),
        "mobility_agreement_signed_by_receiving_on": pa.date32(),
        "academic_year": _WORD,
        "start_date": pa.date32(),
        "end_date": pa.date32(),
        "covers_academic_term": pa.bool_(),
        "subject_area": _WORD,
        "teaching_hours": _HALVES,
        "is_conference": pa.bool_(),
        "is_digital_traineeship": pa.bool_(),
        "distance_km": pa.int32(),
        "outward_travel_date": pa.date32(),
        "return_travel_date": pa.date32(),
        "has_fewer_opportunities": pa.bool_(),
        "travel_days_claimed": pa.int16(),
        "is_travel_paid_otherwise": pa.bool_(),
        "is_zero_grant": pa.bool_(),
        "zero_grant_days": pa.int16(),
        "receiving_asks_fees": pa.bool_(),
        "is_insured": pa.bool_(),
        "needs_visa": pa.bool_(),
        "has_visa": pa.bool_(),
        "credit_system": _WORD,
        "credits_agreed": _HALVES,
        "credits_achieved": _HALVES,
        "credits_recognised": _HALVES,
    }
)
"""The columns of a simulated table, each named as a given fact, with its Arrow type."""

_ALWAYS_TOLD: Final = frozenset({"call"})
"""Columns that never miss a value: without its call a mobility has no Guide."""


@attrs.frozen(eq=False)
class _Row:
    """What the columns of a block are made from: who goes where, when."""

    call: Numbers
    activity: Numbers
    is_student: Flags
    is_incoming: Flags
    sending: Numbers
    receiving: Numbers
    sending_takes_full_part: Flags
    receiving_takes_full_part: Flags
    position: Numbers
    """The country that runs the project, by its position among those of all calls."""
    region: Numbers
    """The region of the partner, or one past the last where there is no partner."""


def _people_and_places(draw: _Draws, world: _World) -> _Row:
    shapes = flows()
    slips = shapes["slips"]
    call = draw.below("call", len(world.calls))
    side = draw.chosen("direction", spread([int(shapes["direction"][name]) for name in _SIDES]))
    slip = draw.hits("closed_activity", slips["closed_activity"]).astype(np.int64)
    activity = draw.chosen("activity", world.activities, (call * 2 + side) * 2 + slip)
    position = draw.chosen("programme country", world.programme, call)
    other_position = draw.chosen("other programme country", world.programme, call)
    closed = draw.hits("closed_region", slips["closed_region"]).astype(np.int64)
    region = draw.chosen("region", world.regions, call * 2 + closed)
    partner, other_partner = (
        world.region_countries[world.region_first[region] + draw.below(name, world.region_size[region])]
        for name in ("partner country", "other partner country")
    )
    programme, other_programme = world.programme_countries[position], world.programme_countries[other_position]
    slipped = draw.below("two sides alike", _PARTS)
    both_programme = slipped < slips["between_programme_countries"]
    both_partner = ~both_programme & (
        slipped < slips["between_programme_countries"] + slips["between_partner_countries"]
    )
    is_incoming = side == _INCOMING
    sending = np.where(is_incoming, partner, programme)
    receiving = np.where(is_incoming, programme, partner)
    return _Row(
        call=call,
        activity=activity,
        is_student=_OF_STUDENTS[activity],
        is_incoming=is_incoming,
        sending=np.where(both_programme, programme, np.where(both_partner, partner, sending)),
        receiving=np.where(both_programme, other_programme, np.where(both_partner, other_partner, receiving)),
        sending_takes_full_part=both_programme | (~is_incoming & ~both_partner),
        receiving_takes_full_part=both_programme | (is_incoming & ~both_partner),
        position=position,
        region=np.where(both_programme, len(world.region_size), region),
    )


_DOCTORAL: Final = tuple(StayFormat).index(StayFormat.SHORT_DOCTORAL)
_BLENDED: Final = tuple(StayFormat).index(StayFormat.BLENDED)
_LONG_TERM: Final = tuple(StayFormat).index(StayFormat.LONG_TERM)
_THIRD: Final = tuple(StudyCycle).index(StudyCycle.THIRD)
_UNIVERSITY: Final = tuple(InstitutionKind).index(InstitutionKind.UNIVERSITY)
_ENTERPRISE: Final = tuple(InstitutionKind).index(InstitutionKind.ENTERPRISE)


@attrs.define(eq=False)
class _Made:
    """The columns of a block as they are made: the values of each, and the rows in which it is told."""

    draw: _Draws
    world: _World
    row: _Row
    columns: dict[str, tuple[Numbers | Flags, Flags | None]] = attrs.field(factory=dict)

    def put(self, name: str, values: Numbers | Flags, told: Flags | None = None) -> None:
        """Keep the values of a column, and where they are told (everywhere, if nothing is said)."""
        self.columns[name] = (values, told)

    def includes(self, *activities: Activity) -> Flags:
        """The rows with one of these activities."""
        wanted = np.array([activity in activities for activity in _ACTIVITIES])
        return wanted[self.row.activity]


def _project(made: _Made) -> None:
    """Call, project, activity."""
    row, world, draw = made.row, made.world, made.draw
    number = int(flows()["institutions"]["projects"])
    other = draw.hits("project_of_other_action", flows()["slips"]["project_of_other_action"]).astype(np.int64)
    made.put("call", world.calls[row.call])
    made.put("project_number", world.projects[row.position] + other * number + draw.below("project", number))
    made.put("activity", row.activity)
    made.put("participant_kind", np.where(row.is_student, 0, 1))
    signed = np.array([date(int(year), 7, 1).toordinal() - _EPOCH for year in world.calls], dtype=np.int64)
    made.put("grant_agreement_signed_on", signed[row.call] + draw.below("grant_agreement_signed_on", 120))


def _institutions(made: _Made) -> None:
    """Where the person comes from and goes to."""
    row, draw = made.row, made.draw
    shares, slips, invented = flows()["shares"], flows()["slips"], int(flows()["institutions"]["in_a_country"])
    is_invited = made.includes(Activity.TEACHING) & draw.hits("is_invited", shares["staff_is_invited"])
    hosts_trainee = made.includes(Activity.TRAINEESHIP) & draw.hits(
        "enterprise hosts trainee", shares["enterprise_hosts_trainee"]
    )
    hosts_training = made.includes(Activity.TRAINING) & draw.hits(
        "enterprise hosts training", shares["enterprise_hosts_training"]
    )
    made.put("is_invited", is_invited, ~row.is_student)
    employed = ~draw.hits("not_employed", slips["not_employed"])
    made.put("is_employed_by_sending", employed, ~row.is_student)
    for side, country, full_part, is_enterprise in (
        ("sending", row.sending, row.sending_takes_full_part, is_invited),
        ("receiving", row.receiving, row.receiving_takes_full_part, hosts_trainee | hosts_training),
    ):
        made.put(f"{side}_country", country)
        made.put(f"{side}_name", country * invented + draw.below(f"{side}_name", invented))
        made.put(f"{side}_kind", np.where(is_enterprise, _ENTERPRISE, _UNIVERSITY))
        lacks = draw.hits(f"{side}: charter_missing", slips["charter_missing"])
        made.put(f"{side}_holds_charter", full_part & ~is_enterprise & ~lacks)
        unknown = draw.hits(f"{side}: partner_not_recognised", slips["partner_not_recognised"])
        made.put(f"{side}_is_recognised", full_part | ~unknown)
        trust = draw.hits(f"{side}_is_public_interest_trust", shares["public_interest_trust"])
        made.put(f"{side}_is_public_interest_trust", trust)
    made.put("receiving_asks_fees", draw.hits("fees_asked", slips["fees_asked"]))


def _stay(made: _Made) -> tuple[Numbers, Numbers]:
    """Format, dates, journeys, days; gives the first day and the length of each stay."""
    row, draw, shapes, world = made.row, made.draw, flows(), made.world
    form = np.stack([spread([int(shapes["format"][kind].get(item, 0)) for item in StayFormat]) for kind in _KINDS])
    drawn = draw.chosen("stay_format", form, np.where(row.is_student, 0, 1))
    stay_format = np.where(world.short_formats[row.call], drawn, _LONG_TERM)
    made.put("stay_format", stay_format)
    made.put("has_virtual_part", stay_format == _BLENDED)

    offset = draw.chosen("year", spread(shapes["year"]["weights"]))
    months = np.stack([spread(shapes["month"][kind]) for kind in _KINDS])
    month = draw.chosen("month", months, np.where(row.is_student, 0, 1))
    offset = np.where((offset == 0) & (month + 1 < _FIRST_OF_ACADEMIC_YEAR), 1, offset)
    firsts = [
        date(int(year) + later, number + 1, 1).toordinal() - _EPOCH
        for year in world.calls
        for later in range(_YEARS)
        for number in range(_MONTHS)
    ]
    start = np.array(firsts, dtype=np.int64)[(row.call * _YEARS + offset) * _MONTHS + month]
    start = start + draw.below("day", _FIRST_DAYS)
    spans = _Spans.of([*(shapes["duration"][item] for item in _ACTIVITIES), shapes["duration"]["short"]])
    is_short = row.is_student & (stay_format != _LONG_TERM)
    length = draw.within("duration", spans, np.where(is_short, len(_ACTIVITIES), row.activity))
    end = start + length - 1
    made.put("start_date", start)
    made.put("end_date", end)
    made.put(
        "covers_academic_term",
        draw.hits("covers_academic_term", shapes["shares"]["covers_academic_term"]),
        made.includes(Activity.STUDIES, Activity.STUDIES_AND_TRAINEESHIP),
    )

    before, after = (draw.chosen(name, spread(shapes["journey"]["weights"])) for name in ("before", "after"))
    made.put("outward_travel_date", start - before)
    made.put("return_travel_date", end + after)
    too_many = draw.hits("too_many_travel_days", shapes["slips"]["too_many_travel_days"])
    made.put("travel_days_claimed", np.minimum(before + after, 2) + 3 * too_many)
    made.put("distance_km", draw.within("distance", world.distance, row.region))

    year = world.calls[row.call] + offset - (month + 1 < _FIRST_OF_ACADEMIC_YEAR)
    place = year - world.first_year
    made.put("academic_year", place)
    first, last = place - draw.below("agreement first", 3), place + draw.below("agreement last", 4)
    over = draw.hits("agreement_over", shapes["slips"]["agreement_over"])
    made.put("agreement_first_academic_year", np.where(over, np.minimum(first, place - 1), first))
    made.put("agreement_last_academic_year", np.where(over, place - 1, last))
    return start, length


_KINDS: Final = tuple(ParticipantKind)


def _student(made: _Made, start: Numbers) -> None:
    """What is known of students alone."""
    row, draw, shapes = made.row, made.draw, flows()
    shares, slips, told = shapes["shares"], shapes["slips"], row.is_student
    cycle = draw.chosen("study_cycle", spread([int(shapes["study_cycle"]["weights"][item]) for item in StudyCycle]))
    is_doctoral = made.columns["stay_format"][0] == _DOCTORAL
    made.put("study_cycle", np.where(is_doctoral, _THIRD, cycle), told)
    made.put("one_cycle_programme", draw.hits("one_cycle_programme", shares["one_cycle_programme"]), told)
    made.put("year_of_study", draw.chosen("year_of_study", spread(shapes["year_of_study"]["weights"])) + 1, told)
    has_graduated = draw.hits("has_graduated", shares["has_graduated"])
    not_enrolled = draw.hits("not_enrolled", slips["not_enrolled"])
    made.put("is_enrolled", ~(has_graduated | not_enrolled), told)
    made.put("graduated_on", start - 30 - draw.below("graduated_on", 500), told & has_graduated)
    stays_home = draw.hits("lives_in_receiving_country", slips["lives_in_receiving_country"])
    made.put("residence_country", np.where(stays_home, row.receiving, row.sending), told)
    spans = _Spans.of([shapes["days_used_in_cycle"]["spans"]])
    made.put("days_used_in_cycle", draw.within("days_used_in_cycle", spans, np.zeros_like(start)), told)
    made.put("is_disadvantaged", draw.hits("is_disadvantaged", shares["is_disadvantaged"]), told)
    digital = draw.hits("is_digital_traineeship", shares["is_digital_traineeship"])
    made.put("is_digital_traineeship", digital, made.includes(Activity.TRAINEESHIP, Activity.STUDIES_AND_TRAINEESHIP))


def _teaching_and_credits(made: _Made, length: Numbers) -> None:
    """What is taught, what is studied, and what is recognised of it."""
    row, draw, shapes = made.row, made.draw, flows()
    teaches = made.includes(Activity.TEACHING, Activity.TEACHING_AND_TRAINING)
    spans = _Spans.of([shapes["teaching_hours"]["spans"]])
    weekly = draw.within("teaching_hours", spans, np.zeros_like(length))
    made.put("teaching_hours", weekly * ((length + 6) // 7) * 5, teaches)
    conference = draw.hits("conference", shapes["slips"]["conference"])
    made.put("is_conference", conference, made.includes(Activity.TRAINING, Activity.TEACHING_AND_TRAINING))
    made.put("subject_area", draw.below("subject_area", len(made.world.words["subject_area"])))

    systems = tuple(CreditSystem)
    other = np.where(
        draw.hits("credits_not_comparable", shapes["slips"]["credits_not_comparable"]),
        systems.index(CreditSystem.NOT_COMPARABLE),
        systems.index(CreditSystem.COMPARABLE),
    )
    ects = systems.index(CreditSystem.ECTS)
    made.put("credit_system", np.where(row.receiving_takes_full_part, ects, other), row.is_student)
    low, high = shapes["credits"]["span"]
    agreed = (low + draw.below("credits_agreed", high - low + 1)) * ((length + 29) // 30)
    partly = draw.hits("credits_not_achieved", shapes["shares"]["credits_not_achieved"])
    achieved = np.where(partly, draw.below("credits_achieved", agreed + 1), agreed)
    slipped = draw.hits("credits_not_recognised", shapes["slips"]["credits_not_recognised"])
    recognised = np.where(slipped, draw.below("credits_recognised", achieved + 1), achieved)
    for name, halves in (("agreed", agreed), ("achieved", achieved), ("recognised", recognised)):
        made.put(f"credits_{name}", halves * 5, row.is_student)


def _papers(made: _Made, start: Numbers) -> None:
    """Agreements and signatures, insurance and visa."""
    row, draw, slips = made.row, made.draw, flows()["slips"]
    for side in ("programme", "partner"):
        late = draw.hits(f"agreement_signed_late: {side}", slips["agreement_signed_late"])
        ahead = 30 + draw.below(f"agreement signed: {side}", 700)
        behind = draw.below(f"agreement signed late: {side}", 60)
        made.put(f"agreement_signed_by_{side}_side_on", np.where(late, start + behind, start - ahead))
    made.put("agreement_binds_partner_to_charter", ~draw.hits("principles_missing", slips["principles_missing"]))
    made.put("agreement_provides_for_recognition", ~draw.hits("recognition_missing", slips["recognition_missing"]))
    for paper, told in (("learning", row.is_student), ("mobility", ~row.is_student)):
        for who in ("participant", "sending", "receiving"):
            late = draw.hits(f"signature_late: {paper} {who}", slips["signature_late"])
            ahead = 1 + draw.below(f"signed: {paper} {who}", 60)
            behind = 1 + draw.below(f"signed late: {paper} {who}", 20)
            made.put(f"{paper}_agreement_signed_by_{who}_on", np.where(late, start + behind, start - ahead), told)
    needs_visa = draw.hits("needs_visa", flows()["shares"]["needs_visa"])
    made.put("is_insured", ~draw.hits("not_insured", slips["not_insured"]))
    made.put("needs_visa", needs_visa)
    made.put("has_visa", needs_visa & ~draw.hits("visa_missing", slips["visa_missing"]))


def _money(made: _Made, length: Numbers) -> None:
    """What bears on the grant."""
    draw, shares = made.draw, flows()["shares"]
    is_zero_grant = draw.hits("is_zero_grant", shares["is_zero_grant"])
    has_days = draw.hits("has_zero_grant_days", shares["has_zero_grant_days"]) & ~is_zero_grant
    made.put("is_zero_grant", is_zero_grant)
    made.put("zero_grant_days", np.where(has_days, draw.below("zero_grant_days", length // 2 + 1), 0))
    made.put("has_fewer_opportunities", draw.hits("has_fewer_opportunities", shares["has_fewer_opportunities"]))
    made.put("is_travel_paid_otherwise", draw.hits("is_travel_paid_otherwise", shares["is_travel_paid_otherwise"]))


def _array(kind: pa.DataType, values: Numbers | Flags, told: Flags | None, words: pa.Array | None) -> pa.Array:
    """The Arrow array of a column; decimals are given in tenths, words by their place in the dictionary."""
    if told is not None:
        values = np.where(told, values, np.zeros((), dtype=values.dtype))  # so that nothing stands under a gap
    gaps = None if told is None else ~told
    if words is not None:
        places = pa.array(values.astype(np.int16), mask=gaps)
        return pa.DictionaryArray.from_arrays(places, words)
    if pa.types.is_boolean(kind):
        return pa.array(values.astype(np.bool_), mask=gaps)
    if pa.types.is_decimal(kind):
        wide = np.zeros((len(values), 2), dtype="<i8")
        wide[:, 0] = values
        present = None if told is None else pa.py_buffer(np.packbits(told, bitorder="little"))
        return pa.Array.from_buffers(kind, len(values), [present, pa.py_buffer(wide)])
    if pa.types.is_date32(kind):
        return pa.array(values.astype(np.int32), mask=gaps).view(kind)
    return pa.array(values.astype(f"int{kind.bit_width}"), mask=gaps)


# --- the simulation ----------------------------------------------------------------------------------------


def _a_seed(value: object) -> int:
    seed = a_whole_number(value)
    if seed >= _KEYS:
        message = f"{shown(value)} is no seed; write a whole number from 0 to 18446744073709551615"
        raise InputError(message, field="seed")
    return seed


def _some_calls(value: Iterable[int] | int | None) -> tuple[int, ...]:
    if value is None:
        return calls()
    years = tuple(dict.fromkeys(a_year(year) for year in ([value] if isinstance(value, int) else value)))
    for year in years:
        guide(year)  # refuses a call that never was
    if not years:
        message = "no call is told; name at least one, such as 2019, or leave the calls out to have all"
        raise InputError(message, field="calls")
    return years


def _a_share(value: object) -> Decimal:
    share = a_number(value)
    if share > 1:
        message = f"{shown(value)} is no share; write a number from 0 to 1, such as 0.05"
        raise InputError(message, field="missing")
    return share


@attrs.frozen(kw_only=True)
class Simulation:
    """Simulated mobilities of some calls, from a seed.

    ``calls`` are all calls where none are told, every one alike. ``missing`` is the share of values left out of every
    column but that of the call, in steps of a ten-thousandth; what does not concern a row (the teaching hours of a
    student) is never told. The columns are :data:`COLUMNS`, named as given facts.

    Facts that hold lists (the parties and conditions of the agreement, the legs of the journey), identifiers of real
    institutions, and what no distribution was laid down for are not simulated.

    Raises:
        InputError: a seed, a call or a share that cannot be used.
        GuideError: there was no such call.

    >>> Simulation(seed=1, calls=2019).table(3)["call"].to_pylist()
    [2019, 2019, 2019]

    """

    seed: int = attrs.field(default=1, converter=_a_seed)
    calls: tuple[int, ...] = attrs.field(default=None, converter=_some_calls)
    missing: Decimal = attrs.field(default=USUAL_MISSING, converter=_a_share)

    @property
    def schema(self) -> pa.Schema:
        """The columns and their types."""
        return pa.schema(COLUMNS.items())

    def block(self, number: int) -> pa.RecordBatch:
        """The rows of one block, counted from 0: always :data:`BLOCK_ROWS` of them, of no other block's making."""
        world, draw = _world(self.calls), _Draws(self.seed, number)
        made = _Made(draw, world, _people_and_places(draw, world))
        _project(made)
        _institutions(made)
        start, length = _stay(made)
        _student(made, start)
        _teaching_and_credits(made, length)
        _papers(made, start)
        _money(made, length)
        left_out = int(self.missing * _PARTS)
        arrays = []
        for name, kind in COLUMNS.items():
            values, told = made.columns[name]
            if left_out and name not in _ALWAYS_TOLD:
                kept = ~draw.hits(f"missing: {name}", left_out)
                told = kept if told is None else told & kept
            arrays.append(_array(kind, values, told, world.words.get(name)))
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def batches(self, rows: int) -> Iterator[pa.RecordBatch]:
        """The first so many rows, block by block: memory does not grow with the table.

        Raises:
            InputError: a number of rows that cannot be used.

        """
        wanted = a_whole_number(rows)
        for number, (first, last) in enumerate(pairwise([*range(0, wanted, BLOCK_ROWS), wanted])):
            yield self.block(number).slice(0, last - first)

    def table(self, rows: int) -> pa.Table:
        """The first so many rows in one table, which must fit into memory."""
        return pa.Table.from_batches(self.batches(rows), schema=self.schema)


def simulate(
    path: str | Path,
    rows: int,
    *,
    seed: int = 1,
    calls: Iterable[int] | int | None = None,
    missing: Decimal | float | str = USUAL_MISSING,
) -> int:
    """Write a simulated table to a Parquet, Arrow or CSV file and give the number of its rows.

    The end of the name says which kind of file it is; the arguments are those of :class:`Simulation`.

    Raises:
        InputError: an argument that cannot be used, or a name that ends otherwise.
        GuideError: there was no such call.

    """
    from icm_rules.batch.files import write_batches  # knows the formats; a table in memory does without

    simulation = Simulation(seed=seed, calls=calls, missing=missing)
    wanted = a_whole_number(rows)
    write_batches(path, simulation.schema, simulation.batches(wanted))
    return wanted


def described() -> str:
    """The distributions in words: each with its source, how sure it is, and what was taken."""
    return "\n".join(
        f"{name} ({table['source']}; {table['confidence']}): {table['note']}" for name, table in flows().items()
    )
