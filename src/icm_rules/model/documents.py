"""The documents of one mobility with their dates, and the limits that an office sets itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import attrs

from icm_rules.engine.errors import InputError
from icm_rules.model.fields import a_date, a_flag, a_number, a_whole_number, told
from icm_rules.model.terms import Stage

_WHOLE = Decimal(100)


def _a_percentage(value: object) -> Decimal:
    number = a_number(value)
    if number > _WHOLE:
        message = f"{number} % are more than the whole; write a number up to 100, such as 80"
        raise InputError(message)
    return number


_FROM_TO = (
    ("insured_from", "insured_until", "the insurance"),
    ("visa_from", "visa_until", "the visa"),
    ("certificate_first_day", "certificate_last_day", "the stay that the certificate shows"),
    ("transcript_first_day", "transcript_last_day", "the stay that the transcript shows"),
    ("outward_ticket_date", "return_ticket_date", "the journey that the tickets show"),
)
"""From when and until when something holds, and what that is."""


@attrs.frozen(kw_only=True)
class Documents:
    """What lies in the file of one mobility beside the agreements that the mobility itself tells of."""

    grant_agreement_signed_by_participant_on: dt.date | None = told(
        a_date, "On which day did the participant sign the grant agreement?", known_at=Stage.BEFORE_DEPARTURE
    )
    grant_agreement_signed_by_institution_on: dt.date | None = told(
        a_date,
        "On which day did the institution sign the participant's grant agreement?",
        known_at=Stage.BEFORE_DEPARTURE,
    )
    insured_from: dt.date | None = told(
        a_date, "From which day on is the participant insured?", known_at=Stage.BEFORE_DEPARTURE
    )
    insured_until: dt.date | None = told(
        a_date, "Until which day is the participant insured?", known_at=Stage.BEFORE_DEPARTURE
    )
    visa_from: dt.date | None = told(a_date, "From which day on is the visa valid?", known_at=Stage.BEFORE_DEPARTURE)
    visa_until: dt.date | None = told(a_date, "Until which day is the visa valid?", known_at=Stage.BEFORE_DEPARTURE)
    first_payment_on: dt.date | None = told(
        a_date, "On which day was the first instalment paid?", known_at=Stage.BEFORE_DEPARTURE
    )
    arrival_confirmed_on: dt.date | None = told(
        a_date, "On which day did the receiving side confirm the arrival?", known_at=Stage.DURING
    )
    certificate_first_day: dt.date | None = told(
        a_date, "Which first day does the certificate of attendance show?", known_at=Stage.AFTER_RETURN
    )
    certificate_last_day: dt.date | None = told(
        a_date, "Which last day does the certificate of attendance show?", known_at=Stage.AFTER_RETURN
    )
    certificate_signed_on: dt.date | None = told(
        a_date, "On which day was the certificate of attendance signed?", known_at=Stage.AFTER_RETURN
    )
    transcript_first_day: dt.date | None = told(
        a_date, "Which first day of presence does the transcript show?", known_at=Stage.AFTER_RETURN
    )
    transcript_last_day: dt.date | None = told(
        a_date, "Which last day of presence does the transcript show?", known_at=Stage.AFTER_RETURN
    )
    results_published_on: dt.date | None = told(
        a_date, "On which day were the last results published?", known_at=Stage.AFTER_RETURN
    )
    transcript_issued_on: dt.date | None = told(
        a_date, "On which day was the transcript issued?", known_at=Stage.AFTER_RETURN
    )
    outward_ticket_date: dt.date | None = told(
        a_date, "Which day does the ticket of the outward journey show?", known_at=Stage.AFTER_RETURN
    )
    return_ticket_date: dt.date | None = told(
        a_date, "Which day does the ticket of the return journey show?", known_at=Stage.AFTER_RETURN
    )
    recognised_on: dt.date | None = told(
        a_date, "On which day did the sending side recognise the credits?", known_at=Stage.FINAL_REPORT
    )
    participant_report_on: dt.date | None = told(
        a_date, "On which day did the participant submit the report?", known_at=Stage.FINAL_REPORT
    )
    has_bank_account: bool | None = told(
        a_flag, "Is the bank account of the participant known?", known_at=Stage.BEFORE_DEPARTURE
    )

    def __attrs_post_init__(self) -> None:
        """Refuse dates of which the second lies before the first."""
        for first_name, last_name, what in _FROM_TO:
            first, last = getattr(self, first_name), getattr(self, last_name)
            if first is not None and last is not None and last < first:
                message = f"{what} ends on {last}, before it begins on {first}; mend {first_name} or {last_name}"
                raise InputError(message, field=last_name)


@attrs.frozen(kw_only=True)
class LocalLimits:
    """What a university, or its National Agency, sets itself: none of it is the same everywhere."""

    first_payment_percent: Decimal | None = told(
        _a_percentage,
        "Which share of the grant is paid first?",
        known_at=Stage.APPLICATION,
        unit="percent",
    )
    certificate_days_early: int | None = told(
        a_whole_number,
        "How many days before the last day may the certificate be signed?",
        known_at=Stage.APPLICATION,
        unit="days",
    )
    certificate_days_after_return: int | None = told(
        a_whole_number,
        "Within how many days after the stay must the certificate be signed?",
        known_at=Stage.APPLICATION,
        unit="days",
    )
    recognition_days: int | None = told(
        a_whole_number,
        "Within how many days after the transcript must the credits be recognised?",
        known_at=Stage.APPLICATION,
        unit="days",
    )
    report_days_after_return: int | None = told(
        a_whole_number,
        "Within how many days after the stay must the participant submit the report?",
        known_at=Stage.APPLICATION,
        unit="days",
    )
