"""Strategies of learning agreements, transcripts and grading tables."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from icm_rules.model.credits import Credits
from icm_rules.model.grading import GradingTable
from icm_rules.model.learning_agreement import AgreementVersion, Component, LearningAgreement
from icm_rules.model.transcript import TranscriptComponent, TranscriptOfRecords

halves = st.integers(1, 40).map(lambda number: Decimal(number) / 2)
"""Numbers of credits: halves are legal."""


@st.composite
def grading_tables(draw, *, letters: bool = False) -> GradingTable:
    """A table of counts, the best grade first; somebody got each grade."""
    size = draw(st.integers(1, 8))
    counts = draw(st.lists(st.integers(1, 60), min_size=size, max_size=size))
    grades = [chr(ord("A") + place) if letters else str(20 - place) for place in range(size)]
    return GradingTable.from_counts(dict(zip(grades, counts, strict=True)))


@st.composite
def credits_of_any_scheme(draw):
    """ECTS credits, or credits of a scheme with one factor, with a range of factors, or with none that is known."""
    scheme = draw(st.sampled_from(["ects", "ects", "ects", "usa-semester", "japan", "our own"]))
    return Credits(draw(halves), scheme)


@st.composite
def named_components(draw) -> list[dict[str, str]]:
    """Names of components: codes that stand there twice with different terms, titles with and without a code."""
    names = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["C0", "C1", "C2", None]),
                st.sampled_from(["Algebra", "Logic"]),
                st.sampled_from(["1/2", "2/2", None]),
            ),
            min_size=1,
            max_size=6,
        )
    )
    return [
        {key: value for key, value in zip(("code", "title", "term"), each, strict=True) if value is not None}
        for each in names
    ]


@st.composite
def stays(draw, *, results=(True, False, None)) -> tuple[LearningAgreement, TranscriptOfRecords]:
    """An agreement and a transcript: some components are shown, with other credits; some at home stand for others.

    The components have a code each, or share codes and titles with each other and with what was not agreed.
    """
    if draw(st.booleans()):
        names = draw(named_components())
        more = draw(st.one_of(st.just([]), named_components()))
    else:
        names = [{"title": f"Course C{place}", "code": f"C{place}"} for place in range(draw(st.integers(1, 6)))]
        more = []
    amounts = draw(st.sampled_from([halves.map(Credits), credits_of_any_scheme()]))
    studied = [Component(**name, credits=draw(amounts)) for name in names]
    known = sorted({name.get("code", name["title"]) for name in names})
    home = [
        Component(
            title=f"Home {place}",
            credits=draw(halves),
            replaces=draw(st.lists(st.sampled_from(known), max_size=2, unique=True)),
        )
        for place in range(draw(st.integers(0, 4)))
    ]
    shown = [
        TranscriptComponent(
            **name,
            credits=draw(st.one_of(st.just(agreed), amounts)),
            completed=draw(st.sampled_from(results)),
        )
        for name, agreed in [
            *((name, each.credits) for name, each in zip(names, studied, strict=True)),
            *((name, ()) for name in more),
        ]
        if draw(st.integers(0, 9))
    ]
    agreement = LearningAgreement(first_version=AgreementVersion(studied=studied, recognised=home))
    return agreement, TranscriptOfRecords(components=shown)
