"""Strategies of learning agreements, transcripts and grading tables."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

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
def stays(draw, *, results=(True, False, None)) -> tuple[LearningAgreement, TranscriptOfRecords]:
    """An agreement and a transcript: some components are shown, with other credits; some at home stand for others."""
    size = draw(st.integers(1, 6))
    codes = [f"C{place}" for place in range(size)]
    studied = [Component(title=f"Course {code}", code=code, credits=draw(halves)) for code in codes]
    home = [
        Component(
            title=f"Home {place}",
            credits=draw(halves),
            replaces=draw(st.lists(st.sampled_from(codes), max_size=2, unique=True)),
        )
        for place in range(draw(st.integers(0, 4)))
    ]
    shown = [
        TranscriptComponent(
            title=f"Course {code}",
            code=code,
            credits=draw(st.one_of(st.just(component.credits), halves)),
            completed=draw(st.sampled_from(results)),
        )
        for code, component in zip(codes, studied, strict=True)
        if draw(st.integers(0, 9))
    ]
    agreement = LearningAgreement(first_version=AgreementVersion(studied=studied, recognised=home))
    return agreement, TranscriptOfRecords(components=shown)
