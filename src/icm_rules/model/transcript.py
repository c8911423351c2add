"""The transcript of records of a stay, and what the sending institution decided on it."""

from __future__ import annotations

from datetime import date

import attrs

from icm_rules.engine.errors import InputError
from icm_rules.model.credits import Credits, some_credits
from icm_rules.model.fields import a_date, a_flag, a_text, an_instance, told
from icm_rules.model.grading import GradingTable, a_grade
from icm_rules.model.learning_agreement import Component, is_same, items_of
from icm_rules.model.terms import Stage

_AT = Stage.AFTER_RETURN


@attrs.frozen(kw_only=True)
class TranscriptComponent(Component):
    """A component as the transcript shows it."""

    completed: bool | None = told(a_flag, "Was it completed successfully?", known_at=_AT)
    grade: str | None = told(a_grade, "Which local grade was given? (pass, where a pass has no grade)", known_at=_AT)


@attrs.frozen(kw_only=True)
class TranscriptOfRecords:
    """What the receiving institution certifies of a stay."""

    components: tuple[TranscriptComponent, ...] = told(
        items_of(TranscriptComponent), "Which components are on the transcript?", known_at=_AT, default=attrs.NOTHING
    )
    first_day_present: date | None = told(a_date, "On which day was the student first present?", known_at=_AT)
    last_day_present: date | None = told(a_date, "On which day was the student last present?", known_at=_AT)
    results_published_on: date | None = told(a_date, "On which day were the results published?", known_at=_AT)
    assessment_period_ended_on: date | None = told(a_date, "On which day did the assessment period end?", known_at=_AT)
    issued_on: date | None = told(a_date, "On which day was the transcript issued?", known_at=_AT)
    received_on: date | None = told(a_date, "On which day did the sending side receive the transcript?", known_at=_AT)
    grading_scale: str | None = told(a_text, "Which grading scale is used abroad?", known_at=_AT)
    grading_table: GradingTable | None = told(
        an_instance(GradingTable), "What is the grading table abroad?", known_at=_AT
    )
    grade_distribution_url: str | None = told(a_text, "Where is the grade distribution?", known_at=_AT)
    total: tuple[Credits, ...] = told(some_credits, "What total of credits does it show?", known_at=_AT, default=())

    def __attrs_post_init__(self) -> None:
        """Refuse what can never be true of a transcript."""
        if self.first_day_present and self.last_day_present and self.last_day_present < self.first_day_present:
            message = (
                f"the last day present is {self.last_day_present}, before the first on {self.first_day_present}; "
                "mend one of the two"
            )
            raise InputError(message, field="last_day_present")

    def entries_of(self, component: Component) -> tuple[TranscriptComponent, ...]:
        """The entries that mean this component; there are several where it was tried more than once."""
        return tuple(each for each in self.components if is_same(component, each))


@attrs.frozen(kw_only=True)
class ComponentDecision(Component):
    """What the sending institution decided on a component studied abroad."""

    further_condition: str | None = told(
        a_text, "What further work, assessment or condition was asked for?", known_at=Stage.FINAL_REPORT
    )


@attrs.frozen(kw_only=True)
class RecognitionDecision:
    """What the sending institution recognised: the components studied abroad, each with the ECTS credits recognised."""

    decided_on: date | None = told(a_date, "On which day was the recognition decided?", known_at=Stage.FINAL_REPORT)
    components: tuple[ComponentDecision, ...] = told(
        items_of(ComponentDecision),
        "Which components were recognised, with how many ECTS credits?",
        known_at=Stage.FINAL_REPORT,
        default=attrs.NOTHING,
    )
