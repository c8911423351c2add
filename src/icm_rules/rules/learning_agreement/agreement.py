"""What the learning agreement must say, before the stay and when it is changed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import attrs

from icm_rules.engine import Answer, Unknown, Words, based, fact, met, not_met, rule, undetermined, unknown
from icm_rules.model.credits import CreditRange
from icm_rules.model.learning_agreement import (
    AgreementEdition,
    AgreementInForce,
    ChangeStatus,
    LearningAgreement,
    MobilityType,
    in_force,
)
from icm_rules.model.terms import Stage
from icm_rules.rules.learning_agreement.settling import RecognitionRecord, settle_recognition
from icm_rules.scales.loading import Figure, RecognitionPolicy
from icm_rules.scales.provisions import ChangeWindow, ChangeWindows, FormEdition, FormEditions, ReasonCodes

_DAYS_OF_A_WEEK = 7
_NOTHING_AGREED = "nothing is in force while the agreement has no first version"


# --- what is agreed ----------------------------------------------------------------------------------------


@fact
def agreement_in_force(learning_agreement: LearningAgreement) -> AgreementInForce | Unknown:
    """The agreement in force: the first version with the approved changes."""
    found = in_force(learning_agreement)
    return unknown(_NOTHING_AGREED) if found is None else found


@fact
def agreement_type(learning_agreement: LearningAgreement) -> MobilityType | Unknown:
    """The kind of stay that the lists of the agreement are for."""
    found = learning_agreement.mobility_type
    return unknown(_NOTHING_AGREED) if found is None else found


@fact
def is_semester_agreement(agreement_type: MobilityType) -> bool:
    """Whether the agreement is for one or more semesters."""
    return agreement_type is MobilityType.SEMESTERS


@fact
def agreement_is_changed(learning_agreement: LearningAgreement) -> bool:
    """Whether the agreement has approved changes."""
    return learning_agreement.approved_changes is not None


@fact
def short_agreement_is_changed(agreement_is_changed: bool, agreement_type: MobilityType) -> bool:
    """Whether the agreement of a blended or short doctoral stay has approved changes."""
    return agreement_is_changed and agreement_type is not MobilityType.SEMESTERS


@fact
def edition_in_use(
    form_edition: AgreementEdition | None, call: int, form_editions: FormEditions
) -> FormEdition | Unknown:
    """The edition of the form: as told, else that of the call."""
    if form_edition is not None:
        found = next((each for each in form_editions.lines if each.edition == form_edition.value), None)
    else:
        found = form_editions.of_call(call)
    return unknown("no text seen shows a form of this edition") if found is None else found


@fact
def planned_record(learning_agreement: LearningAgreement, recognition_policy: RecognitionPolicy) -> RecognitionRecord:
    """What would be owed of the stay, as the agreement alone shows."""
    return settle_recognition(learning_agreement, None, recognition_policy)


@fact
def has_first_version(learning_agreement: LearningAgreement) -> bool:
    """Whether the agreement has a first version."""
    return learning_agreement.first_version is not None


@fact
def has_proposal(learning_agreement: LearningAgreement) -> bool:
    """Whether changes of the agreement are proposed."""
    return learning_agreement.changes_proposal is not None


@rule("recognition.agreement.in_force", due=Stage.BEFORE_DEPARTURE)
def agreement_has_a_first_version(has_first_version: bool, has_proposal: bool, changes_are_signed: Figure) -> Answer:
    """A first version of the learning agreement is in force; changes and proposals are relative to it."""
    if has_first_version:
        return met("the agreement has a first version", rests_on=(changes_are_signed,))
    told = "a proposal alone agrees nothing" if has_proposal else "it agrees nothing yet"
    return undetermined("the agreement has no first version; {told}", told=told, needs=("learning_agreement",))


@attrs.frozen
class ListSize:
    """How many components stand in a list that an agreement should have; *None* where the list is not told."""

    name: str
    components: int | None


_REQUIRED = {
    MobilityType.SEMESTERS: {"studied": "table A (studied abroad)", "recognised": "table B (recognised at home)"},
    MobilityType.BLENDED: {"blended": "the list of the blended stay"},
    MobilityType.DOCTORAL: {"doctoral": "the list of the short doctoral stay"},
}


@fact
def required_lists(agreement_in_force: AgreementInForce, agreement_type: MobilityType) -> tuple[ListSize, ...]:
    """The lists that the agreement should have, each with its size."""
    found = agreement_in_force.lists
    return tuple(
        ListSize(words, None if (items := found[name]) is None else len(items))
        for name, words in _REQUIRED[agreement_type].items()
    )


@rule("recognition.agreement.lists", due=Stage.BEFORE_DEPARTURE)
def agreement_has_its_lists(
    required_lists: tuple[ListSize, ...], agreement_type: MobilityType, lists_required: Figure
) -> Answer:
    """The tables A and B of a semester stay hold components; so does the list of a blended or short doctoral stay."""
    untold = [each.name for each in required_lists if each.components is None]
    if untold:
        return undetermined(
            "nothing is told of {lists}",
            needs=("learning_agreement",),
            rests_on=(lists_required,),
            lists=", ".join(untold),
        )
    empty = [each.name for each in required_lists if not each.components]
    named = empty or [each.name for each in required_lists]
    told: Words = {"type": agreement_type.words, "lists": ", ".join(named)}
    if empty:
        return not_met(
            "the agreement is for {type}, and no component stands in {lists}", rests_on=(lists_required,), **told
        )
    return met("the agreement is for {type}, and components stand in {lists}", rests_on=(lists_required,), **told)


@fact
def agreed_total(planned_record: RecognitionRecord) -> CreditRange | Unknown:
    """The total of the components abroad [ECTS]."""
    found = planned_record.agreed
    return unknown("how many ECTS some of the components abroad have is not told") if found is None else found


@fact
def home_total(planned_record: RecognitionRecord) -> CreditRange | Unknown:
    """The total of the components recognised at home [ECTS]."""
    found = planned_record.home_total
    return unknown("how many ECTS some of the components at home have is not told") if found is None else found


@rule("recognition.agreement.totals", due=Stage.BEFORE_DEPARTURE, only_if="is_semester_agreement", informs=True)
def totals_match_or_differ_for_a_reason(
    agreed_total: CreditRange,
    home_total: CreditRange,
    totals_differ_because: str | None,
    totals_should_match: Figure,
) -> Answer:
    """The totals of the tables A and B are the same, or the reason why they differ is annexed."""
    told: Words = {"abroad": agreed_total, "home": home_total, "reason": totals_differ_because}
    if agreed_total == home_total or not totals_should_match.value:
        return met("{abroad} ECTS abroad stand for {home} at home", **told)
    if totals_differ_because is not None:
        return met("{abroad} ECTS abroad stand for {home} at home, for the annexed reason: {reason}", **told)
    if agreed_total.low <= home_total.high and home_total.low <= agreed_total.high:
        return undetermined(
            "{abroad} ECTS abroad may be as many as {home} at home",
            needs=("totals_differ_because",),
            gaps=("a range of factors leaves the number of ECTS open",),
            **told,
        )
    return not_met("{abroad} ECTS abroad stand for {home} at home, and no reason is annexed", **told)


@rule("recognition.agreement.proportionate", due=Stage.BEFORE_DEPARTURE, only_if="is_semester_agreement", informs=True)
def credits_fit_the_length_of_the_stay(
    agreed_total: CreditRange,
    counted_student_days: int,
    proportionate_credits: Figure,
    proportionate_tolerance: Figure,
    months_of_a_year: Figure,
    full_time_year: Figure,
) -> Answer:
    """The credits agreed are roughly proportionate to the length of the stay: a full-time year has 60."""
    shortest, longest = months_of_a_year.value
    share = proportionate_tolerance.number
    days = Fraction(counted_student_days)
    year = full_time_year.number
    rests_on = (proportionate_credits, proportionate_tolerance, months_of_a_year, full_time_year)
    least = year * days / (longest * 30) * (1 - share)
    most = year * days / (shortest * 30) * (1 + share)
    told: Words = {"credits": agreed_total, "days": counted_student_days, "least": round(least), "most": round(most)}
    if agreed_total.high < least:
        return not_met(
            "{credits} ECTS for {days} days are few; about {least} to {most} are in proportion",
            rests_on=rests_on,
            **told,
        )
    if agreed_total.low > most:
        return not_met(
            "{credits} ECTS for {days} days are many; about {least} to {most} are in proportion",
            rests_on=rests_on,
            **told,
        )
    return met("{credits} ECTS for {days} days are in proportion (about {least} to {most})", rests_on=rests_on, **told)


@fact
def conditions_abroad(agreement_in_force: AgreementInForce) -> tuple[str, ...]:
    """The components abroad on which conditions of recognition stand."""
    return tuple(each.name for each in agreement_in_force.studied if each.recognition_conditions is not None)


@rule("recognition.agreement.conditions", due=Stage.BEFORE_DEPARTURE)
def no_condition_stands_on_components_abroad(
    conditions_abroad: tuple[str, ...], conditions_on_table_a: Figure
) -> Answer:
    """No condition of recognition stands on a component abroad; conditions belong to those at home."""
    if conditions_abroad and conditions_on_table_a.value:
        return not_met("conditions of recognition stand on components abroad: {names}", names=conditions_abroad)
    return met("no condition stands on a component abroad")


@attrs.frozen
class NotAutomatic:
    """The components at home that are not recognised automatically: with a reason, and without one."""

    with_reason: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@fact
def not_automatic(agreement_in_force: AgreementInForce) -> NotAutomatic:
    """The components at home that are not recognised automatically."""
    found = [each for each in agreement_in_force.recognised if not each.automatic_recognition]
    return NotAutomatic(
        tuple(each.name for each in found if each.recognition_conditions is not None),
        tuple(each.name for each in found if each.recognition_conditions is None),
    )


@rule("recognition.agreement.automatic", due=Stage.BEFORE_DEPARTURE)
def recognition_is_automatic_or_says_why_not(not_automatic: NotAutomatic, automatic_recognition: Figure) -> Answer:
    """Components are recognised automatically; where one is not, the agreement says on which condition."""
    if not_automatic.without and automatic_recognition.value:
        return not_met(
            "not recognised automatically, and without a word on which condition: {names}", names=not_automatic.without
        )
    if not_automatic.with_reason:
        return met("not recognised automatically, with the condition agreed: {names}", names=not_automatic.with_reason)
    return met("every component is recognised automatically")


@fact
def form_is_of_2021(edition_in_use: FormEdition) -> bool:
    """Whether the form is that of the edition 2021."""
    return edition_in_use.edition == AgreementEdition.OF_2021.value


@rule(
    "recognition.agreement.provisions_for_failed",
    due=Stage.BEFORE_DEPARTURE,
    only_if=("form_is_of_2021", "is_semester_agreement"),
    informs=True,
)
def agreement_says_what_becomes_of_failed_components(
    provisions_url: str | None, provisions_for_failed: Figure
) -> Answer:
    """The agreement says where the provisions for components that are not passed are written."""
    if provisions_url is not None:
        return met("the provisions stand at {url}", rests_on=(provisions_for_failed,), url=provisions_url)
    return undetermined(
        "where the provisions for components that are not passed stand is not told", rests_on=(provisions_for_failed,)
    )


# --- changes -----------------------------------------------------------------------------------------------


@fact
def unmatched_deletions(agreement_in_force: AgreementInForce) -> tuple[str, ...]:
    """The deletions that fit no component of the first version, or several, in words."""
    return tuple(each.words for each in agreement_in_force.unmatched)


@rule("recognition.changes.deletions", due=Stage.DURING, only_if="agreement_is_changed", informs=True)
def deletions_fit_what_was_agreed(unmatched_deletions: tuple[str, ...], unmatched_deletion: Figure) -> Answer:
    """Each deletion fits one component of the first version."""
    if unmatched_deletions:
        return not_met("{deletions}", rests_on=(unmatched_deletion,), deletions="; ".join(unmatched_deletions))
    return met("each deletion fits one component of the first version", rests_on=(unmatched_deletion,))


_KINDS = ((ChangeStatus.DELETED, "delete"), (ChangeStatus.INSERTED, "insert"))


@fact
def changes_without_reason(learning_agreement: LearningAgreement, reason_codes: ReasonCodes) -> tuple[str, ...]:
    """The changes that give neither a known code of their kind nor words; an unknown code counts as none."""
    changes = learning_agreement.approved_changes
    codes = {status: {line.code for line in reason_codes.lines if line.applies_to == kind} for status, kind in _KINDS}
    return tuple(
        each.name
        for each in (() if changes is None else changes.all_changes())
        if each.reason_code not in codes[each.status] and each.reason_text is None
    )


@rule("recognition.changes.reasons", due=Stage.DURING, only_if="agreement_is_changed", informs=True)
def changes_say_why(changes_without_reason: tuple[str, ...]) -> Answer:
    """Each change gives a reason: a known code of its kind, or words."""
    if changes_without_reason:
        return not_met("no known reason is given for the change of: {names}", names=changes_without_reason)
    return met("each change gives its reason")


@rule("recognition.changes.signed", due=Stage.DURING, only_if="agreement_is_changed")
def changes_are_signed_by_all(
    change_signed_by_participant_on: date | None,
    change_signed_by_sending_on: date | None,
    change_signed_by_receiving_on: date | None,
    changes_are_signed: Figure,
) -> Answer:
    """Student, sending and receiving side signed the changes: a new content is a new version."""
    sides = {
        "the student": change_signed_by_participant_on,
        "the sending side": change_signed_by_sending_on,
        "the receiving side": change_signed_by_receiving_on,
    }
    silent = [side for side, day in sides.items() if day is None]
    if silent:
        return undetermined(
            "nothing is told of the signature of {sides}", rests_on=(changes_are_signed,), sides=", ".join(silent)
        )
    return met("the changes were signed by all three", rests_on=(changes_are_signed,))


@rule("recognition.changes.short_stays", due=Stage.DURING, only_if="short_agreement_is_changed", informs=True)
def short_stays_are_not_changed(agreement_type: MobilityType, short_stay_changes: Figure) -> Answer:
    """The agreement of a blended or short doctoral stay is not changed, by the reading of the schema."""
    told: Words = {"type": agreement_type.words, "reading": short_stay_changes.value}
    if short_stay_changes.value == "schema":
        return not_met("the agreement is for {type} and was changed (by the reading {reading!s})", **told)
    return met("the agreement is for {type} and may be changed (by the reading {reading!s})", **told)


@fact
def change_window(edition_in_use: FormEdition, change_windows: ChangeWindows) -> ChangeWindow | Unknown:
    """The window for changes in this edition of the form."""
    found = change_windows.of_edition(edition_in_use.edition)
    return (
        unknown("no text seen tells the window for changes in this edition") if found is None else based(found, found)
    )


@fact(elementwise=True)
def days_until_change_was_asked(change_requested_on: date, change_semester_started_on: date) -> int:
    """The days from the start of the semester to the request for a change [days]."""
    return (change_requested_on - change_semester_started_on).days


@fact
def change_settled_on(
    change_signed_by_participant_on: date, change_signed_by_sending_on: date, change_signed_by_receiving_on: date
) -> date:
    """The day of the last of the three signatures under the changes."""
    return max(change_signed_by_participant_on, change_signed_by_sending_on, change_signed_by_receiving_on)


@fact
def days_until_change_was_settled(
    change_settled_on: date,
    change_requested_on: date | None,
    change_semester_started_on: date | None,
    change_window: ChangeWindow,
) -> int | Unknown:
    """The days to the last signature: from the request, or from the start of the semester, as the edition has it."""
    start = change_requested_on if change_window.settled_from_request else change_semester_started_on
    if start is None:
        return Unknown(("change_requested_on" if change_window.settled_from_request else "change_semester_started_on",))
    return (change_settled_on - start).days


@rule("recognition.changes.requested_in_time", due=Stage.DURING, only_if="agreement_is_changed", informs=True)
def changes_are_asked_for_in_time(days_until_change_was_asked: int, change_window: ChangeWindow) -> Answer:
    """Changes are asked for within the first weeks of the semester."""
    return _within(
        days_until_change_was_asked,
        change_window.asked_least_weeks,
        change_window.asked_most_weeks,
        "the change was asked for {days} days after the start of the semester",
    )


@rule("recognition.changes.settled_in_time", due=Stage.DURING, only_if="agreement_is_changed", informs=True)
def changes_are_settled_in_time(days_until_change_was_settled: int, change_window: ChangeWindow) -> Answer:
    """Changes are agreed by all three within the window that begins with the request, or with the semester."""
    since = "the request" if change_window.settled_from_request else "the start of the semester"
    return _within(
        days_until_change_was_settled,
        change_window.settled_least_weeks,
        change_window.settled_most_weeks,
        f"the change was signed by all three {{days}} days after {since}",
    )


def _within(days: int, least_weeks: int, most_weeks: int, sentence: str) -> Answer:
    """Whether so many days lie in a window; between its least and its most length the institutions have the word."""
    told: Words = {"days": days, "least": least_weeks, "most": most_weeks}
    if days < 0:
        return undetermined(
            f"{sentence}, which is before it began", gaps=("one of the two days must be mistaken",), needs=(), **told
        )
    if days <= least_weeks * _DAYS_OF_A_WEEK:
        return met(f"{sentence}, within {{most}} weeks", **told)
    if days > most_weeks * _DAYS_OF_A_WEEK:
        return not_met(f"{sentence}, later than {{most}} weeks", **told)
    return undetermined(
        f"{sentence}, and the window is one of {{least}} to {{most}} weeks",
        gaps=("the institutions set the window, and which they set is not told",),
        needs=(),
        **told,
    )
