"""The words of the field that have a closed list of values."""

from __future__ import annotations

import enum


class Term(enum.StrEnum):
    """A word from a closed list; its value is what files and tables hold."""

    @property
    def words(self) -> str:
        """The term as it stands in a sentence."""
        return self.value.replace("_", " ")


class Activity(Term):
    """What the participant does abroad."""

    STUDIES = "studies"
    TRAINEESHIP = "traineeship"
    STUDIES_AND_TRAINEESHIP = "studies_and_traineeship"
    TEACHING = "teaching"
    TRAINING = "training"
    TEACHING_AND_TRAINING = "teaching_and_training"

    @property
    def of_students(self) -> bool:
        """Whether students do it (else staff does)."""
        return self in _STUDENT_ACTIVITIES

    @property
    def includes_teaching(self) -> bool:
        """Whether the participant teaches."""
        return self in {Activity.TEACHING, Activity.TEACHING_AND_TRAINING}

    @property
    def includes_training(self) -> bool:
        """Whether the participant (staff) is trained."""
        return self in {Activity.TRAINING, Activity.TEACHING_AND_TRAINING}

    @property
    def includes_traineeship(self) -> bool:
        """Whether the participant (a student) does a traineeship."""
        return self in {Activity.TRAINEESHIP, Activity.STUDIES_AND_TRAINEESHIP}


_STUDENT_ACTIVITIES = frozenset({Activity.STUDIES, Activity.TRAINEESHIP, Activity.STUDIES_AND_TRAINEESHIP})


class Stage(Term):
    """The stages of one mobility, in the order in which an office meets them."""

    APPLICATION = "application"
    NOMINATION = "nomination"
    BEFORE_DEPARTURE = "before_departure"
    DURING = "during"
    AFTER_RETURN = "after_return"
    FINAL_REPORT = "final_report"


class StudyCycle(Term):
    """The cycle of the Bologna process a student is enrolled in."""

    SHORT = "short"
    FIRST = "first"
    SECOND = "second"
    THIRD = "third"


class ParticipantKind(Term):
    """Who goes."""

    STUDENT = "student"
    STAFF = "staff"

    @property
    def plural(self) -> str:
        """The word for several of them."""
        return "students" if self is ParticipantKind.STUDENT else "staff"


class InstitutionKind(Term):
    """What kind of organisation sends or receives."""

    UNIVERSITY = "university"
    """A higher education institution."""
    ENTERPRISE = "enterprise"
    """A public or private organisation active in the labour market, or in education, training, youth, research."""


class Role(Term):
    """The side on which a country stands in one call."""

    PROGRAMME = "programme"
    PARTNER = "partner"


class Direction(Term):
    """Which way a mobility goes, seen from the Programme Country."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    BETWEEN_PROGRAMME_COUNTRIES = "between_programme_countries"
    BETWEEN_PARTNER_COUNTRIES = "between_partner_countries"


class CreditSystem(Term):
    """The system in which the receiving side counts study achievements."""

    ECTS = "ects"
    COMPARABLE = "comparable"
    NOT_COMPARABLE = "not_comparable"


class DayCount(Term):
    """How the days of a stay are counted; both ends included."""

    MONTHS_OF_30_DAYS = "months_of_30_days"
    """30/360: every month has 30 days."""
    CALENDAR_DAYS = "calendar_days"
