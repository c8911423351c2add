"""The words of the field that have a closed list of values."""

from __future__ import annotations

import enum


class Term(enum.StrEnum):
    """A word from a closed list; its value is what files and tables hold."""

    @property
    def words(self) -> str:
        """The term as it stands in a sentence."""
        return self.value.replace("_", " ")


def with_article(words: str) -> str:
    """The words of a thing, of which there may be several, with their article: ``a country``, ``an enterprise``."""
    return f"an {words}" if words[:1].lower() in "aeiou" else f"a {words}"


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


class StayFormat(Term):
    """How a stay is laid out."""

    LONG_TERM = "long_term"
    """Physical presence throughout; for students of months, for staff of days."""
    BLENDED = "blended"
    """A physical stay combined with a virtual part."""
    SHORT_DOCTORAL = "short_doctoral"
    """A short stay of a doctoral candidate, with or without a virtual part."""


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
    PUBLIC_AUTHORITY = "public_authority"
    """A government, local authority, agency or state-owned enterprise."""


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


class TransportMeans(Term):
    """The means of transport of one leg of a journey."""

    PLANE = "plane"
    TRAIN = "train"
    BUS = "bus"
    CAR_POOLING = "car_pooling"
    CAR = "car"
    BICYCLE = "bicycle"
    FOOT = "foot"
    FERRY = "ferry"
    OTHER_LOW_EMISSION = "other_low_emission"
    OTHER = "other"


class RestrictedWhat(Term):
    """Whom a restriction concerns."""

    EVERYONE = "everyone"
    PUBLIC_AUTHORITIES = "public_authorities"
    PUBLIC_INTEREST_TRUSTS = "public_interest_trusts"


class CharterPrinciple(Term):
    """A principle of the Charter that the agreement writes in for a partner without one."""

    ORGANISATION = "organisation"
    INFORMATION = "information"
    CREDITS = "credits"
    NO_FEES = "no_fees"
    EQUAL_TREATMENT = "equal_treatment"
    RECOGNITION = "recognition"

    @property
    def meaning(self) -> str:
        """What the principle asks for, in a few words."""
        return _PRINCIPLES[self]


_PRINCIPLES = {
    CharterPrinciple.ORGANISATION: "quality in organising mobility",
    CharterPrinciple.INFORMATION: "relevant, accessible and transparent information on study programmes",
    CharterPrinciple.CREDITS: "ECTS or a comparable system of credits",
    CharterPrinciple.NO_FEES: "no fees for those who come",
    CharterPrinciple.EQUAL_TREATMENT: "equal treatment of those who come and those at home",
    CharterPrinciple.RECOGNITION: "recognition of what was achieved abroad",
}


class AgreementTemplate(Term):
    """The template of the Commission by which an inter-institutional agreement is written."""

    PERIOD_2014_2021 = "2014_2021"
    PERIOD_2021_2029 = "2021_2029"

    @property
    def words(self) -> str:
        """The years of the template as it prints them."""
        return self.value.replace("_", "-")
