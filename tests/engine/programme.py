"""An invented programme for the tests of the engine: the Lunar Library lends telescopes.

Nothing in it is taken from any real programme. It has a paragraph of every confidence, a table with lines of their own,
facts that are presumed, facts that may be missing, and rules of every kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs

from icm_rules.engine import (
    Answer,
    Citation,
    Cited,
    Closed,
    Confidence,
    GivenFact,
    Payment,
    Rulebook,
    Source,
    Unknown,
    based,
    due,
    due_between,
    fact,
    met,
    not_met,
    rule,
    undetermined,
    unknown,
)

CHARTER = Source(key="charter", title="Charter of the Lunar Library", url=("https://library.example/charter",))
STAGES = ("request", "loan", "return")


def citation(
    paragraph: str, confidence: Confidence = Confidence.OFFICIAL, *, line: str | None = None, section: str | None = None
) -> Citation:
    """A citation of the Lending Rules."""
    return Citation(
        document="Lending Rules",
        paragraph=paragraph,
        line=line,
        section=section,
        sources=(CHARTER,),
        confidence=confidence,
    )


# --- paragraphs --------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class LoanPeriod(Cited):
    """How many nights a loan lasts."""

    minimum_nights: int
    maximum_nights: int


@attrs.frozen(kw_only=True)
class LensLine(Cited):
    """A line of the table of lenses: from this aperture on, this rate a month."""

    from_mm: int
    monthly_rate: Decimal


@attrs.frozen(kw_only=True)
class LensTable(Cited):
    """What the library pays a borrower who counts craters, by aperture."""

    lines: tuple[LensLine, ...]


@attrs.frozen(kw_only=True)
class CraterLine(Cited):
    """A crater to which no telescope is lent."""

    crater: str


@attrs.frozen(kw_only=True)
class CraterClosures(Cited):
    """The craters to which no telescope is lent."""

    lines: tuple[CraterLine, ...]


@attrs.frozen(kw_only=True)
class Care(Cited):
    """How a telescope is kept."""

    cover_needed: bool
    gloves_needed: bool


@attrs.frozen(kw_only=True)
class Courier(Cited):
    """Who carries the telescope: from this distance on, a rocket."""

    rocket_from_km: int
    walker_fee: Decimal
    rocket_fee: Decimal


PROVISIONS: Mapping[str, type[Cited]] = {
    "loan_period": LoanPeriod,
    "lens_table": LensTable,
    "crater_closures": CraterClosures,
    "care": Care,
    "courier": Courier,
}

LENSES = (
    LensLine(
        citation=citation("lens_table", Confidence.CORROBORATED, line="60 mm"), from_mm=60, monthly_rate=Decimal(200)
    ),
    LensLine(
        citation=citation("lens_table", Confidence.SINGLE_SOURCE, line="120 mm"),
        from_mm=120,
        monthly_rate=Decimal(350),
    ),
)
TYCHO = CraterLine(citation=citation("crater_closures", line="Tycho"), crater="Tycho")
PLATO = CraterLine(citation=citation("crater_closures", Confidence.UNVERIFIED, line="Plato"), crater="Plato")

WRITTEN: Mapping[str, Cited] = {
    "loan_period": LoanPeriod(citation=citation("loan_period", section="II.3"), minimum_nights=3, maximum_nights=60),
    "lens_table": LensTable(citation=citation("lens_table", Confidence.UNVERIFIED), lines=LENSES),
    "crater_closures": CraterClosures(
        citation=citation("crater_closures", Confidence.UNVERIFIED), lines=(TYCHO, PLATO)
    ),
    "care": Care(citation=citation("care", Confidence.CORROBORATED), cover_needed=True, gloves_needed=True),
    "courier": Courier(
        citation=citation("courier", Confidence.SINGLE_SOURCE),
        rocket_from_km=100,
        walker_fee=Decimal(10),
        rocket_fee=Decimal(90),
    ),
}
"""Every paragraph of the Lending Rules."""


def closed(paragraph: str, confidence: Confidence = Confidence.OFFICIAL) -> Closed:
    """The paragraph as one that is not in force."""
    return Closed(citation=citation(paragraph, confidence))


# --- given facts -------------------------------------------------------------------------------------------

GIVEN = (
    GivenFact(name="is_observatory", type=bool, question="Is the borrower an observatory?", known_at="request"),
    GivenFact(name="borrower_age", type=int, question="How old is the borrower?", known_at="request", unit="years"),
    GivenFact(name="crater", type=str, question="To which crater does it go?", known_at="request"),
    GivenFact(name="aperture_mm", type=int, question="How wide is the lens?", known_at="request", unit="mm"),
    GivenFact(name="distance_km", type=int, question="How far does it travel?", known_at="loan", unit="km"),
    GivenFact(name="has_cover", type=bool, question="Has it a cover against dust?", known_at="loan"),
    GivenFact(
        name="wears_gloves", type=bool, question="Does the borrower wear gloves?", known_at="loan", presumed=True
    ),
    GivenFact(name="borrowed_on", type=date, question="On which day was it borrowed?", known_at="loan"),
    GivenFact(name="returned_on", type=date, question="On which day did it return?", known_at="return"),
    GivenFact(name="witness", type=str, question="Who saw it return?", known_at="return"),
)

FULL: Mapping[str, object] = {
    "is_observatory": False,
    "borrower_age": 30,
    "crater": "Copernicus",
    "aperture_mm": 100,
    "distance_km": 40,
    "has_cover": True,
    "wears_gloves": True,
    "borrowed_on": date(1999, 7, 1),
    "returned_on": date(1999, 7, 8),
    "witness": "Selene",
}
"""A loan of which everything is told, and which meets every rule."""


# --- derived facts -----------------------------------------------------------------------------------------


@fact
def is_private(is_observatory: bool) -> bool:
    """Whether the borrower is a person and no observatory.

    An observatory keeps what it borrows under a dome.
    """
    return not is_observatory


@fact(elementwise=True)
def loan_nights(borrowed_on: date, returned_on: date) -> int:
    """Nights from the loan to the return [nights]."""
    return (returned_on - borrowed_on).days


@fact
def lens_line(aperture_mm: int, lens_table: LensTable) -> LensLine | Unknown:
    """The line of the table of lenses for this aperture."""
    fitting = [line for line in lens_table.lines if line.from_mm <= aperture_mm]
    return fitting[-1] if fitting else unknown(f"the table of lenses says nothing of {aperture_mm} mm")


@fact
def monthly_rate(lens_line: LensLine) -> Decimal:
    """The rate of this lens [crowns a month]."""
    return lens_line.monthly_rate


@fact
def careful_borrower(wears_gloves: bool, care: Care, courier: Courier) -> bool:
    """Whether the borrower wears what the paragraph on care asks; the courier's paragraph is looked at in vain."""
    return based(wears_gloves or not care.gloves_needed, care)  # type: ignore[return-value]


@fact
def witness_words(witness: str | None) -> str:
    """Who saw the return, in words."""
    return witness or "nobody known"


# --- rules -------------------------------------------------------------------------------------------------


@rule("lending.period.minimum", due="return", only_if="is_private")
def loan_lasts_long_enough(loan_nights: int, loan_period: LoanPeriod) -> Answer:
    """A private loan lasts the nights
    the Lending Rules ask for.

    The night of the return is not counted.
    """  # noqa: D205 - a statement over two lines is one sentence
    if loan_nights < loan_period.minimum_nights:
        return not_met("{nights} nights are fewer than {asked}", nights=loan_nights, asked=loan_period.minimum_nights)
    return met("{nights} nights reach the {asked} asked for", nights=loan_nights, asked=loan_period.minimum_nights)


@rule("lending.period.maximum", due="return")
def loan_does_not_last_too_long(loan_nights: int, loan_period: LoanPeriod) -> Answer:
    """A loan lasts no longer than the Lending Rules allow."""
    if loan_nights > loan_period.maximum_nights:
        return not_met("{nights} nights are more than {most}", nights=loan_nights, most=loan_period.maximum_nights)
    return met("{nights} nights are within {most}", nights=loan_nights, most=loan_period.maximum_nights)


@rule("lending.crater.open", due="request")
def crater_is_open(crater: str, crater_closures: CraterClosures) -> Answer:
    """The telescope goes to a crater that is not closed."""
    lines = tuple(line for line in crater_closures.lines if line.crater == crater)
    if lines:
        return not_met("{crater} is closed", rests_on=lines, crater=crater)
    return met("{crater} is open", crater=crater)


@rule("care.cover.fitted", due="loan")
def cover_is_fitted(has_cover: bool, care: Care) -> Answer:
    """The telescope has a cover against dust."""
    if care.cover_needed and not has_cover:
        return not_met("the telescope has no cover")
    return met("the telescope is kept from dust: {cover}", cover=has_cover)


@rule("care.gloves.worn", due="loan", only_if="is_private")
def gloves_are_worn(careful_borrower: bool) -> Answer:
    """A private borrower wears gloves."""
    return met("gloves are worn") if careful_borrower else not_met("no gloves are worn")


@rule("return.witness.named", due="return", only_if=("is_private", "careful_borrower"))
def witness_is_named(witness: str | None, borrower_age: int) -> Answer:
    """Somebody saw the telescope return; a borrower of 80 and more is believed."""
    if borrower_age >= 80:
        return met("a borrower of {age} is believed", age=borrower_age)
    if witness is None:
        return undetermined("nobody said who saw the return")
    return met("{witness} saw the return", witness=witness)


@rule("payment.nights.amount", due="return", pays=True)
def crater_counter_is_paid(loan_nights: int, monthly_rate: Decimal) -> Answer:
    """Each night is paid a thirtieth of the rate of the lens."""
    return due(
        Payment(loan_nights, "night", monthly_rate, "month", Fraction(1, 30)),
        "{nights} nights at {rate} a month",
        nights=loan_nights,
        rate=monthly_rate,
    )


@rule("payment.courier.amount", due="loan", pays=True)
def courier_is_paid(distance_km: int | None, courier: Courier) -> Answer:
    """The courier is paid by the distance."""
    walker = Payment(1, "courier", courier.walker_fee, "journey")
    rocket = Payment(1, "courier", courier.rocket_fee, "journey")
    if distance_km is None:
        return due_between(walker, rocket, "the distance is not known")
    return due(rocket if distance_km >= courier.rocket_from_km else walker, "{km} km", km=distance_km)


@rule("advice.borrower.age", due="request", informs=True)
def borrower_is_of_age(borrower_age: int) -> Answer:
    """The borrower is 18 or more."""
    if borrower_age < 18:
        return not_met("{age} is fewer than 18", age=borrower_age)
    return met("{age} is 18 or more", age=borrower_age)


FACTS = (monthly_rate, lens_line, is_private, loan_nights, careful_borrower, witness_words)
RULES = (
    loan_lasts_long_enough,
    loan_does_not_last_too_long,
    crater_is_open,
    cover_is_fitted,
    gloves_are_worn,
    witness_is_named,
    crater_counter_is_paid,
    courier_is_paid,
    borrower_is_of_age,
)

LIBRARY = Rulebook(name="library", stages=STAGES, given=GIVEN, provisions=PROVISIONS, facts=FACTS, rules=RULES)
"""The Lending Rules of the Lunar Library."""


def without_fact(*names: str) -> dict[str, object]:
    """A full loan of which these facts are not told."""
    return {name: value for name, value in FULL.items() if name not in names}
