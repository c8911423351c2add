"""Where an answer is written, and how sure that is: what a rule was given is what it cites."""

from __future__ import annotations

from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine import (
    Answer,
    Cited,
    Closed,
    Confidence,
    Rulebook,
    Verdict,
    based,
    fact,
    met,
    not_met,
    rule,
)
from tests.engine import test_evaluation as more
from tests.engine.programme import (
    CHARTER,
    FULL,
    LENSES,
    LIBRARY,
    WRITTEN,
    Care,
    Courier,
    LensLine,
    LoanPeriod,
    citation,
    closed,
    without_fact,
)

BOOK_IN_MIND = LIBRARY.adding(
    more.lens_or_none,
    more.guessed_crater,
    more.care_is_in_force,
    more.care_is_refused_without_ground,
    more.lens_is_wide_enough,
    more.lens_is_paid,
    more.crater_is_guessed,
)
"""A rulebook that all cases share."""


def places(citations) -> list[tuple[str, str | None]]:
    """Paragraph and line of each citation."""
    return [(item.paragraph, item.line) for item in citations]


def outcome_of(identity: str, facts=FULL, provisions=WRITTEN, *, book: Rulebook = LIBRARY):
    """The outcome of one rule for the full loan, unless told otherwise."""
    return book.evaluate(facts, provisions).outcomes[identity]


@fact
def plain_care(care: Care, loan_period: LoanPeriod) -> bool:
    """A fact that says nothing of what it used."""
    return care.cover_needed and loan_period.minimum_nights > 0


@fact
def one_of_two(care: Care, courier: Courier, loan_period: LoanPeriod) -> bool:
    """A fact that used two of three paragraphs."""
    return based(True, courier, care)


@fact
def used_nothing(care: Care) -> int:
    """A fact that used nothing of what it was given."""
    return based(7)


@fact
def narrowed_rate(lens_line: LensLine, care: Care, courier: Courier) -> Decimal:
    """A fact that rests on another fact and used one of two paragraphs."""
    return based(lens_line.monthly_rate, courier)


@fact
def line_by_another(aperture_mm: int, care: Care, courier: Courier) -> LensLine:
    """A line that was chosen by a paragraph it does not stand in."""
    return based(LENSES[0], LENSES[0], courier)


@rule("advice.everything.cited", due="request")
def everything_is_cited(monthly_rate: Decimal, lens_line: LensLine, care: Care) -> Answer:
    """The rate and the line behind it are both given."""
    return met("{rate}", rate=monthly_rate)


@rule("advice.nothing.cited", due="request", only_if="plain_care")
def nothing_is_cited(crater: str) -> Answer:
    """A rule that rests on no text."""
    return met("{crater}", crater=crater)


@rule("advice.care.alone", due="request")
def care_alone_is_cited(monthly_rate: Decimal, care: Care, courier: Courier, loan_period: LoanPeriod) -> Answer:
    """A rule that used one paragraph of three, and for a low rate none."""
    return met("{rate}", rests_on=(care,) if monthly_rate > 200 else (), rate=monthly_rate)


@fact
def care_or_none(care: Care | None, courier: Courier) -> bool:
    """A fact that can do without one of its paragraphs."""
    return care is not None


@fact
def rate_or_none(monthly_rate: Decimal | None) -> bool:
    """A fact that can do without another that may not be in force."""
    return monthly_rate is not None


@rule("advice.care.any", due="request")
def care_if_any(has_cover: bool, care: Care | None, loan_period: LoanPeriod) -> Answer:
    """There is a cover, or a paragraph that asks for none."""
    return met("there is a cover") if has_cover or care is not None else not_met("there is neither")


class TestRecords:
    """Citations and sources as values."""

    def test_a_citation_claims_nothing_it_was_not_told(self):
        """Without a word on it there is no line, no section, no source and no confidence."""
        bare = type(CHARTER)(key="charter", title="Charter")
        assert (bare.url, bare.kind) == ((), "unverified")
        found = attrs.evolve(citation("care"), sources=(), confidence=Confidence.UNVERIFIED)
        assert (found.line, found.section, found.note, found.conflict) == (None, None, None, None)
        assert type(found)(document="Lending Rules", paragraph="care") == found

    def test_a_cited_value_does_not_print_its_citation(self):
        """A paragraph is read by its figures."""
        assert repr(WRITTEN["care"]) == "Care(cover_needed=True, gloves_needed=True)"

    def test_a_closed_paragraph_is_cited_as_well(self):
        """That something is not in force is written somewhere too."""
        assert isinstance(closed("care"), Cited)
        assert closed("care").citation.paragraph == "care"


class TestRules:
    """What an answer cites."""

    def test_a_rule_cites_the_paragraph_it_was_given(self):
        """The whole citation travels: document, section, sources and confidence."""
        (found,) = outcome_of("lending.period.minimum").citations
        assert found == citation("loan_period", Confidence.OFFICIAL, section="II.3")
        assert (found.document, found.section, found.sources) == ("Lending Rules", "II.3", (CHARTER,))

    def test_a_rule_inherits_what_its_facts_were_derived_from(self):
        """The rate comes from a line of the table, two facts away."""
        assert places(outcome_of("payment.nights.amount").citations) == [("lens_table", "60 mm")]

    def test_a_citation_that_arrives_on_two_roads_stands_once(self):
        """In the order of the arguments, each where it was met first."""
        found = outcome_of("advice.everything.cited", book=LIBRARY.adding(everything_is_cited)).citations
        assert places(found) == [("lens_table", "60 mm"), ("care", None)]

    @pytest.mark.parametrize(
        ("aperture_mm", "cited"),
        [(120, [("care", None), ("lens_table", "120 mm")]), (60, [("lens_table", "60 mm")])],
    )
    def test_what_an_answer_rests_on_stands_in_place_of_all_paragraphs(self, aperture_mm, cited):
        """One paragraph or none, but always what the facts were derived from."""
        book = LIBRARY.adding(care_alone_is_cited)
        outcome = outcome_of("advice.care.alone", {**FULL, "aperture_mm": aperture_mm}, book=book)
        assert places(outcome.citations) == cited

    def test_a_refusal_that_names_a_line_cites_the_line(self):
        """It is as sure as the line, and not as the paragraph."""
        outcome = outcome_of("lending.crater.open", {**FULL, "crater": "Tycho"})
        assert places(outcome.citations) == [("crater_closures", "Tycho")]
        assert outcome.confidence is Confidence.OFFICIAL

    def test_a_rule_of_facts_alone_cites_nothing_and_is_official(self):
        """What rests on no text is as sure as its facts; a condition is no ground."""
        outcome = outcome_of("advice.nothing.cited", book=LIBRARY.adding(plain_care, nothing_is_cited))
        assert (outcome.citations, outcome.confidence) == ((), Confidence.OFFICIAL)

    @pytest.mark.parametrize("facts", [{}, {"is_observatory": True}])
    def test_a_rule_that_was_never_asked_cites_its_paragraph_too(self, facts):
        """Undetermined and not applicable are also answers to what is written there."""
        assert places(outcome_of("lending.period.minimum", facts).citations) == [("loan_period", None)]

    def test_a_rule_out_of_force_cites_the_closure(self):
        """Also where the closure came through derived facts."""
        provisions = {**WRITTEN, "lens_table": closed("lens_table", Confidence.SINGLE_SOURCE)}
        outcome = outcome_of("payment.nights.amount", FULL, provisions)
        assert outcome.citations == (citation("lens_table", Confidence.SINGLE_SOURCE),)
        assert outcome.confidence is Confidence.SINGLE_SOURCE

    def test_a_closed_paragraph_that_was_done_without_is_no_ground(self):
        """What is met without it is not written there, and is as sure as the rest."""
        book = LIBRARY.adding(care_if_any)
        provisions = {**WRITTEN, "care": closed("care", Confidence.UNVERIFIED)}
        outcome = outcome_of("advice.care.any", FULL, provisions, book=book)
        assert (outcome.verdict, places(outcome.citations)) == (Verdict.MET, [("loan_period", None)])
        assert outcome.confidence is Confidence.OFFICIAL
        assert places(outcome_of("advice.care.any", book=book).citations) == [("care", None), ("loan_period", None)]

    @pytest.mark.parametrize("confidence", Confidence)
    def test_a_refusal_cites_the_closure_it_may_rest_on(self, confidence):
        """While it is held back the gap names the closure."""
        book = LIBRARY.adding(care_if_any)
        provisions = {**WRITTEN, "care": closed("care", confidence)}
        outcome = outcome_of("advice.care.any", {**FULL, "has_cover": False}, provisions, book=book)
        if confidence is Confidence.UNVERIFIED:
            assert (outcome.verdict, places(outcome.citations)) == (Verdict.UNDETERMINED, [("loan_period", None)])
            assert "the care" in outcome.gaps[0]
        else:
            assert outcome.verdict is Verdict.NOT_MET
            assert places(outcome.citations) == [("care", None), ("loan_period", None)]


class TestDerivedFacts:
    """What a derived fact rests on."""

    def test_a_closed_paragraph_that_was_done_without_is_no_ground(self):
        """Also not where it is closed a fact further back."""
        case = LIBRARY.adding(care_or_none, rate_or_none).evaluate(
            FULL, {**WRITTEN, "care": closed("care"), "lens_table": closed("lens_table")}
        )
        assert places(case.citations_of("care_or_none")) == [("courier", None)]
        assert case.citations_of("rate_or_none") == ()
        open_case = LIBRARY.adding(care_or_none, rate_or_none).evaluate(FULL, WRITTEN)
        assert places(open_case.citations_of("care_or_none")) == [("care", None), ("courier", None)]
        assert places(open_case.citations_of("rate_or_none")) == [("lens_table", "60 mm")]

    def test_a_line_stands_in_place_of_its_paragraph(self):
        """The confidence is that of the line and not of its neighbours or of the table."""
        case = LIBRARY.evaluate(FULL, WRITTEN)
        assert case.citations_of("lens_line") == (LENSES[0].citation,)
        wide = LIBRARY.evaluate({**FULL, "aperture_mm": 120}, WRITTEN)
        assert wide.citations_of("lens_line") == (LENSES[1].citation,)
        assert wide.outcomes["payment.nights.amount"].confidence is Confidence.SINGLE_SOURCE

    @pytest.mark.parametrize("facts", [without_fact("aperture_mm"), {**FULL, "aperture_mm": 20}])
    def test_while_no_line_is_found_the_paragraph_is_cited(self, facts):
        """A missing fact and an open text both leave the whole table."""
        case = LIBRARY.evaluate(facts, WRITTEN)
        assert places(case.citations_of("monthly_rate")) == [("lens_table", None)]
        assert case.outcomes["payment.nights.amount"].confidence is Confidence.UNVERIFIED

    def test_a_plain_value_cites_every_paragraph_the_fact_was_given(self):
        """What a fact does not say it did not use, it used."""
        case = LIBRARY.adding(plain_care).evaluate(FULL, WRITTEN)
        assert places(case.citations_of("plain_care")) == [("care", None), ("loan_period", None)]

    def test_a_based_value_cites_what_it_says_it_used(self):
        """In the order in which that is said, and nothing else that was given."""
        case = LIBRARY.adding(one_of_two, used_nothing).evaluate(FULL, WRITTEN)
        assert places(case.citations_of("one_of_two")) == [("courier", None), ("care", None)]
        assert case.citations_of("used_nothing") == ()
        assert places(case.outcomes["care.gloves.worn"].citations) == [("care", None)]

    def test_what_a_fact_says_it_used_wins_over_the_line_it_returns(self):
        """A line alone is cited by itself; with a word on what was used, the word holds."""
        case = LIBRARY.adding(line_by_another).evaluate(FULL, WRITTEN)
        assert places(case.citations_of("line_by_another")) == [("lens_table", "60 mm"), ("courier", None)]

    def test_a_based_value_still_inherits_what_its_facts_rest_on(self):
        """Narrowing speaks of the paragraphs and never of the facts behind."""
        case = LIBRARY.adding(narrowed_rate).evaluate(FULL, WRITTEN)
        assert places(case.citations_of("narrowed_rate")) == [("courier", None), ("lens_table", "60 mm")]

    def test_a_fact_that_was_not_computed_cites_all_it_asks_for(self):
        """Without its given fact nothing is narrowed."""
        case = LIBRARY.adding(narrowed_rate).evaluate({}, WRITTEN)
        assert places(case.citations_of("narrowed_rate")) == [("lens_table", None), ("care", None), ("courier", None)]

    def test_a_given_fact_cites_nothing_and_a_paragraph_itself(self):
        """What an office tells is written nowhere."""
        case = LIBRARY.evaluate(FULL, WRITTEN)
        assert case.citations_of("crater") == ()
        assert case.citations_of("care") == (WRITTEN["care"].citation,)

    def test_asked_twice_the_same_is_told(self):
        """What was found is kept."""
        case = LIBRARY.evaluate(FULL, WRITTEN)
        assert case.citations_of("monthly_rate") is case.citations_of("monthly_rate")


class TestConfidence:
    """How sure an answer is."""

    @given(st.sampled_from(Confidence), st.sampled_from(Confidence), st.booleans())
    def test_an_answer_is_as_sure_as_the_weakest_of_what_it_cites(self, care, line, care_is_closed):
        """However sure the others are, and whether or not one of them is closed."""
        lens = attrs.evolve(LENSES[0], citation=citation("lens_table", line, line="60 mm"))
        where = citation("care", care)
        provisions = {
            **WRITTEN,
            "care": Closed(citation=where) if care_is_closed else attrs.evolve(WRITTEN["care"], citation=where),
            "lens_table": attrs.evolve(WRITTEN["lens_table"], lines=(lens,)),
        }
        outcome = outcome_of("advice.everything.cited", FULL, provisions, book=LIBRARY.adding(everything_is_cited))
        assert outcome.confidence is min(care, line)


# --- whatever was asked before -----------------------------------------------------------------------------


def by_hand(case, name: str) -> list:
    """The citations of a name, found anew from what everything behind it rests on."""
    value, used = case.value(name), case.grounds_of(name)
    if name in case.rulebook.provisions:
        return [value.citation] if isinstance(value, Cited) else []
    if name not in {item.name for item in case.rulebook.facts}:
        return []
    if used is None and isinstance(value, Cited):
        used = (value,)
    found = [item.citation for item in used or ()]
    for item in case.rulebook.inputs_of(name):
        done_without = item.optional and isinstance(case.value(item.name), Closed)
        if (used is None or item.name not in case.rulebook.provisions) and not done_without:
            found += by_hand(case, item.name)
    return found


def of_outcome_by_hand(case, outcome) -> list:
    """The citations of an outcome, found anew."""
    rests_on = outcome.answer.rests_on
    found = [item.citation for item in rests_on or ()]
    for item in case.rulebook.inputs_of(outcome.identity):
        done_without = item.optional and isinstance(case.value(item.name), Closed)
        if rests_on is not None and item.name in case.rulebook.provisions:
            continue
        if not done_without or outcome.verdict is Verdict.NOT_MET:
            found += by_hand(case, item.name)
    return found


class TestKeptInMind:
    """Cases of one rulebook share the citations they find."""

    @given(
        st.fixed_dictionaries(
            {
                "is_observatory": st.booleans(),
                "crater": st.sampled_from(["Copernicus", "Tycho", "Plato"]),
                "aperture_mm": st.sampled_from([10, 60, 120, None]),
                "has_cover": st.booleans(),
                "witness": st.sampled_from(["Selene", None]),
            }
        ),
        st.sets(st.sampled_from(sorted(WRITTEN))),
        st.booleans(),
    )
    def test_they_are_those_that_would_be_found_anew(self, told, not_in_force, facts_first):
        """Whatever lines were used, whatever is closed, whatever was asked first."""
        provisions = {**WRITTEN, **{name: closed(name) for name in not_in_force}}
        case = BOOK_IN_MIND.evaluate({**FULL, **told}, provisions)
        if facts_first:
            for name in case.rulebook.slots:
                case.value(name)
        for outcome in case.outcomes.values():
            assert outcome.citations == tuple(dict.fromkeys(of_outcome_by_hand(case, outcome)))
        for name in case.rulebook.slots:
            assert case.citations_of(name) == tuple(dict.fromkeys(by_hand(case, name)))
