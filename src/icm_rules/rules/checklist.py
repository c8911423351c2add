"""Which documents a mobility has when, and whether their dates agree with each other."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from icm_rules.engine import (
    Answer,
    Payment,
    Words,
    due,
    due_between,
    fact,
    met,
    not_applicable,
    not_met,
    rule,
    undetermined,
)
from icm_rules.guide.provisions import Insurance, MobilityDocuments, Prefinancing, TranscriptDeadline, Visa
from icm_rules.model.terms import Stage

# --- before departure --------------------------------------------------------------------------------------


@fact
def grant_agreement_complete_on(
    grant_agreement_signed_by_participant_on: date, grant_agreement_signed_by_institution_on: date
) -> date:
    """The day on which the second side signed the participant's grant agreement."""
    return max(grant_agreement_signed_by_participant_on, grant_agreement_signed_by_institution_on)


@rule("documents.grant_agreement.signed", due=Stage.BEFORE_DEPARTURE)
def grant_agreement_is_signed_before_the_start(
    grant_agreement_signed_by_participant_on: date | None,
    grant_agreement_signed_by_institution_on: date | None,
    start_date: date,
    mobility_documents: MobilityDocuments,
) -> Answer:
    """Participant and institution signed the grant agreement before the stay starts."""
    if not mobility_documents.grant_agreement_signed_before_start:
        return not_applicable("the call does not ask for it")
    signed = {
        "the participant": grant_agreement_signed_by_participant_on,
        "the institution": grant_agreement_signed_by_institution_on,
    }
    late = [f"{who} on {day}" for who, day in signed.items() if day is not None and day >= start_date]
    if late:
        return not_met(
            "not signed before the stay starts on {start}: {late}", start=start_date, late=" and ".join(late)
        )
    if None in signed.values():
        return undetermined("both sign by {day}", day=start_date - timedelta(days=1))
    return met("both signed, the last on {day}", day=max(day for day in signed.values() if day is not None))


@rule("documents.insurance.period", due=Stage.BEFORE_DEPARTURE)
def insurance_covers_the_stay(
    insured_from: date, insured_until: date, start_date: date, end_date: date, insurance: Insurance
) -> Answer:
    """The insurance runs from the first to the last day of the stay."""
    return _covers("the insurance", insured_from, insured_until, start_date, end_date, is_asked=insurance.required)


@rule("documents.visa.period", due=Stage.BEFORE_DEPARTURE, only_if="needs_visa")
def visa_covers_the_stay(visa_from: date, visa_until: date, start_date: date, end_date: date, visa: Visa) -> Answer:
    """The visa is valid from the first to the last day of the stay."""
    return _covers("the visa", visa_from, visa_until, start_date, end_date, is_asked=visa.required)


def _covers(what: str, first: date, last: date, start: date, end: date, *, is_asked: bool) -> Answer:
    told: Words = {"what": what, "first": first, "last": last, "start": start, "end": end}
    if not is_asked:
        return not_applicable("the call does not ask for it")
    if first <= start and end <= last:
        return met("{what} runs from {first} to {last}", **told)
    return not_met("{what} runs from {first} to {last}, and the stay from {start} to {end}", **told)


@rule("documents.first_payment.account", due=Stage.BEFORE_DEPARTURE, informs=True)
def bank_account_is_known(has_bank_account: bool) -> Answer:
    """The bank account of the participant is known."""
    return met("it is known") if has_bank_account else not_met("it is not known; nothing can be paid")


@rule("documents.first_payment.amount", due=Stage.BEFORE_DEPARTURE, pays=True, informs=True, title="First instalment")
def first_instalment_is_a_share_of_the_grant(
    first_payment_percent: Decimal | None, grant_low_eur: Decimal | None, grant_high_eur: Decimal | None
) -> Answer:
    """The first instalment is the share of the grant that the office set."""
    if first_payment_percent is None:
        return not_applicable("the office told no share that is paid first (first_payment_percent)")
    share = Fraction(first_payment_percent) / 100
    low, high = grant_low_eur, grant_high_eur
    if low is None or high is None:
        return undetermined("{share} % of a grant that is still open", share=first_payment_percent, needs=())
    least, most = (Payment(1, "grant", amount, "grant", share) for amount in (low, high))
    told: Words = {"share": first_payment_percent, "low": low, "high": high}
    if low == high:
        return due(most, "{share} % of {high} EUR", **told)
    return due_between(least, most, "{share} % of a grant from {low} to {high} EUR", needs=(), **told)


@rule("documents.first_payment.on_time", due=Stage.BEFORE_DEPARTURE, informs=True)
def first_instalment_is_paid_in_time(
    first_payment_on: date | None, grant_agreement_complete_on: date, start_date: date, prefinancing: Prefinancing
) -> Answer:
    """The first instalment is paid in time after both signed, and not later than the stay starts."""
    latest = min(grant_agreement_complete_on + timedelta(days=prefinancing.days_after_signature), start_date)
    told: Words = {"latest": latest, "days": prefinancing.days_after_signature, "paid": first_payment_on}
    if first_payment_on is None:
        return undetermined("it is to be paid by {latest}", **told)
    if first_payment_on <= latest:
        return met("paid on {paid}, by {latest}", **told)
    return not_met("paid on {paid}, after {latest}", **told)


# --- during ------------------------------------------------------------------------------------------------


@rule("documents.arrival.confirmed", due=Stage.DURING, informs=True)
def arrival_is_confirmed(arrival_confirmed_on: date, start_date: date) -> Answer:
    """The receiving side confirmed the arrival, not before the first day."""
    told: Words = {"day": arrival_confirmed_on, "start": start_date}
    if arrival_confirmed_on >= start_date:
        return met("confirmed on {day}", **told)
    return not_met("confirmed on {day}, before the stay started on {start}", **told)


# --- after return ------------------------------------------------------------------------------------------


@rule("documents.certificate.issued", due=Stage.AFTER_RETURN)
def certificate_shows_the_stay(
    certificate_first_day: date,
    certificate_last_day: date,
    start_date: date,
    end_date: date,
    mobility_documents: MobilityDocuments,
) -> Answer:
    """There is a certificate of attendance, and it shows the first and the last day of the stay."""
    if not mobility_documents.certificate_required:
        return not_applicable("the call does not ask for it")
    told: Words = {
        "first": certificate_first_day,
        "last": certificate_last_day,
        "start": start_date,
        "end": end_date,
    }
    if (certificate_first_day, certificate_last_day) == (start_date, end_date):
        return met("it shows {first} to {last}", **told)
    return not_met(
        "it shows {first} to {last}, and the stay is told from {start} to {end}; what is certified is paid",
        **told,
    )


@rule("documents.certificate.not_signed_early", due=Stage.AFTER_RETURN)
def certificate_is_not_signed_early(
    certificate_signed_on: date,
    certificate_last_day: date,
    certificate_days_early: int | None,
    mobility_documents: MobilityDocuments,
) -> Answer:
    """The certificate was not signed before the last day it shows, or no earlier than the office allows."""
    if not mobility_documents.certificate_signed_not_before_end:
        return not_applicable("the call does not ask for it")
    earliest = certificate_last_day - timedelta(days=certificate_days_early or 0)
    told: Words = {"signed": certificate_signed_on, "last": certificate_last_day, "earliest": earliest}
    if certificate_signed_on >= earliest:
        return met("signed on {signed}", **told)
    return not_met(
        "signed on {signed}, and it shows presence until {last}; ask for one signed from {earliest} on", **told
    )


@rule("documents.certificate.signed_in_time", due=Stage.AFTER_RETURN, informs=True)
def certificate_is_signed_in_time(
    certificate_signed_on: date | None,
    certificate_days_after_return: int | None,
    start_date: date | None,
    end_date: date,
) -> Answer:
    """The certificate was signed within the days after the stay that the office set, and not before the stay began."""
    if certificate_days_after_return is None:
        return not_applicable("the office told no limit (certificate_days_after_return)")
    latest = end_date + timedelta(days=certificate_days_after_return)
    if certificate_signed_on is None:
        return undetermined("to be signed by {latest}", latest=latest, needs=("certificate_signed_on",))
    return _dated(certificate_signed_on, "signed", _after(start=start_date), latest)


_Earliest = tuple[date, str] | None
"""The first day on which a document can exist, and what comes before it on that day."""


def _after(*others: _Earliest, start: date | None = None, end: date | None = None) -> _Earliest:
    """The latest of the days before which a document cannot exist: those of the stay that are told, and others."""
    found = [other for other in others if other is not None]
    found += [(day, what) for day, what in ((start, "the stay started"), (end, "the stay ended")) if day is not None]
    return max(found, key=lambda each: each[0], default=None)


def _dated(day: date, done: str, earliest: _Earliest, latest: date | None) -> Answer:
    """What is dated when it can exist, and by the latest day if there is one; else one of its dates is wrong."""
    told: Words = {"day": day, "latest": latest, "done": done}
    if earliest is not None and day < earliest[0]:
        told |= {"first": earliest[0], "what": earliest[1]}
        return not_met("{done} on {day}, before {what} on {first}; one of the two dates is wrong", **told)
    if latest is None:
        return met("{done} on {day}", **told)
    if day <= latest:
        return met("{done} on {day}, by {latest}", **told)
    return not_met("{done} on {day}, after {latest}", **told)


@rule("documents.transcript.agrees", due=Stage.AFTER_RETURN, only_if=("is_student_mobility", "includes_studies"))
def transcript_agrees_with_the_certificate(
    transcript_first_day: date,
    transcript_last_day: date,
    certificate_first_day: date,
    certificate_last_day: date,
    mobility_documents: MobilityDocuments,
) -> Answer:
    """Transcript and certificate show the same first and last day."""
    if not mobility_documents.transcript_agrees_with_certificate:
        return not_applicable("the call does not ask for it")
    told: Words = {
        "first": transcript_first_day,
        "last": transcript_last_day,
        "certified_first": certificate_first_day,
        "certified_last": certificate_last_day,
    }
    if (transcript_first_day, transcript_last_day) == (certificate_first_day, certificate_last_day):
        return met("both show {first} to {last}", **told)
    return not_met(
        "the transcript shows {first} to {last}, the certificate {certified_first} to {certified_last}", **told
    )


@rule(
    "documents.transcript.on_time",
    due=Stage.AFTER_RETURN,
    only_if=("is_student_mobility", "includes_studies"),
    informs=True,
)
def transcript_is_issued_in_time(
    transcript_issued_on: date | None,
    results_published_on: date,
    start_date: date | None,
    transcript_deadline: TranscriptDeadline,
) -> Answer:
    """The receiving side issued the transcript after the results, within the weeks that are usual."""
    latest = results_published_on + timedelta(weeks=transcript_deadline.weeks)
    told: Words = {"issued": transcript_issued_on, "latest": latest, "weeks": transcript_deadline.weeks}
    if transcript_issued_on is None:
        needs = ("transcript_issued_on",)
        return undetermined("to be issued by {latest}, {weeks} weeks after the results", needs=needs, **told)
    if transcript_issued_on <= latest:
        earliest = _after((results_published_on, "the last results were published"), start=start_date)
        return _dated(transcript_issued_on, "issued", earliest, latest)
    return not_met("issued on {issued}, after {latest}; {weeks} weeks after the results are usual", **told)


@rule("documents.tickets.agree", due=Stage.AFTER_RETURN)
def tickets_agree_with_the_certificate(
    outward_ticket_date: date | None,
    return_ticket_date: date | None,
    certificate_first_day: date,
    certificate_last_day: date,
    mobility_documents: MobilityDocuments,
) -> Answer:
    """The journeys lie outside the certified stay: nobody left before its last day or came after its first."""
    if not mobility_documents.journeys_outside_certified_stay:
        return not_applicable("the call does not ask for it")
    faults = []
    if outward_ticket_date is not None and outward_ticket_date > certificate_first_day:
        faults.append(f"the outward journey was on {outward_ticket_date}, after the first day {certificate_first_day}")
    if return_ticket_date is not None and return_ticket_date < certificate_last_day:
        faults.append(f"the return journey was on {return_ticket_date}, before the last day {certificate_last_day}")
    if faults:
        return not_met("{faults}", faults=" and ".join(faults))
    if outward_ticket_date is None or return_ticket_date is None:
        return undetermined("the tickets or boarding passes of both journeys are kept")
    told: Words = {"out": outward_ticket_date, "back": return_ticket_date}
    return met("the journeys were on {out} and on {back}", **told)


# --- at the final report -----------------------------------------------------------------------------------


@rule(
    "documents.recognition.decided",
    due=Stage.FINAL_REPORT,
    only_if=("is_student_mobility", "includes_studies"),
    informs=True,
)
def recognition_is_decided(
    recognised_on: date | None,
    transcript_issued_on: date | None,
    recognition_days: int | None,
    start_date: date | None,
    end_date: date | None,
) -> Answer:
    """The sending side recognised the credits after the transcript, within the days that the office set, if any.

    A transcript may be issued in the last days of the stay; while none is told, the end of the stay stands for it.
    """
    if recognised_on is None:
        return undetermined("the sending side recognises the credits", needs=("recognised_on",))
    if transcript_issued_on is None:
        return _dated(recognised_on, "recognised", _after(start=start_date, end=end_date), None)
    earliest = _after((transcript_issued_on, "the transcript was issued"), start=start_date)
    latest = None if recognition_days is None else transcript_issued_on + timedelta(days=recognition_days)
    return _dated(recognised_on, "recognised", earliest, latest)


@rule("documents.participant_report.submitted", due=Stage.FINAL_REPORT)
def participant_submitted_the_report(
    participant_report_on: date | None,
    report_days_after_return: int | None,
    start_date: date | None,
    end_date: date | None,
    mobility_documents: MobilityDocuments,  # noqa: ARG001 - what it is given is what it cites
) -> Answer:
    """The participant submitted the report after the stay, within the days that the office set, if any."""
    if participant_report_on is None:
        return undetermined("the participant submits the report", needs=("participant_report_on",))
    limit = report_days_after_return
    latest = None if limit is None or end_date is None else end_date + timedelta(days=limit)
    return _dated(participant_report_on, "submitted", _after(start=start_date, end=end_date), latest)
