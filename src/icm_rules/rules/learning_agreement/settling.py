"""From a learning agreement and a transcript to what is recognised: component by component, group by group.

The texts: what was agreed and passed counts, in full; a failed component loses only itself; a group of components
abroad replaces a group at home, and no component need have a match. What they leave open is a reading with a name in
``scales/documents.toml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

import attrs

from icm_rules.engine.citations import Citation, Confidence
from icm_rules.engine.errors import InputError, shown
from icm_rules.model.credits import NO_CREDITS, CreditRange, Credits, exact_number, in_figures, total
from icm_rules.model.learning_agreement import (
    ChangeStatus,
    Component,
    LearningAgreement,
    in_force,
    plain_code,
    plain_name,
)
from icm_rules.model.matching import best_entries
from icm_rules.model.mobility import Institution
from icm_rules.model.terms import StudyCycle, Term
from icm_rules.model.transcript import TranscriptComponent, TranscriptOfRecords
from icm_rules.scales.credits import CreditConversion, convert_credits, credits_from_ects
from icm_rules.scales.grades import GradeConversion, convert_grade, is_ungraded, ungraded
from icm_rules.scales.loading import (
    DEFAULT,
    Figure,
    RecognitionPolicy,
    credit_roundings,
    figure,
    kazakhstan_grades,
    named,
    recognition_policy,
)

_LEVELS = {
    StudyCycle.FIRST: "bachelor",
    StudyCycle.SECOND: "master",
    StudyCycle.THIRD: "doctoral",
}


class Result(Term):
    """What came of an agreed component."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"
    """The transcript does not say, or does not show it."""


class RecognitionOutcome(Term):
    """What is owed of what was agreed."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"
    OPEN = "open"
    """A result is not known yet, or nothing is agreed."""


class HomeStatus(Term):
    """What becomes of a component at home."""

    REPLACED = "replaced"
    PARTLY = "partly_replaced"
    """It alone is replaced by its group, which was passed in part."""
    SHARED = "shared"
    """Its group is replaced in part; the agreement does not say which of its components."""
    TO_BE_TAKEN = "to_be_taken"
    OPEN = "open"


@attrs.frozen(kw_only=True)
class ComponentOutcome:
    """What is recognised of one component that was agreed."""

    component: Component
    result: Result
    agreed: CreditRange | None
    """ECTS; *None* where no text tells how many the agreed credits make."""
    achieved: CreditRange | None
    """ECTS as the transcript shows them; zero where it failed, *None* where that is not known."""
    recognised: CreditRange | None
    """ECTS that are owed; a range while a result or a factor is not known, *None* where neither document tells how
    many ECTS the component has."""
    conversion: CreditConversion | None
    """How the credits of the transcript became ECTS."""
    home_credits: CreditConversion | None
    """The recognised credits in the scheme used at home, where the policy names one."""
    local_grade: str | None
    grade: GradeConversion | None
    """The grade at home; *None* where nothing was passed."""
    against: tuple[str, ...]
    """The components at home that its group replaces."""
    why: str

    @property
    def falls_short(self) -> bool:
        """Whether it was passed with fewer credits than agreed."""
        known = self.result is Result.PASSED and self.agreed is not None and self.achieved is not None
        return known and self.achieved.high < self.agreed.low  # type: ignore[union-attr] # both are known


@attrs.frozen(kw_only=True)
class HomeOutcome:
    """What becomes of one component at home."""

    component: Component
    credits: CreditRange | None
    """ECTS; *None* where no text tells how many they are."""
    status: HomeStatus
    why: str


@attrs.frozen(kw_only=True)
class GroupOutcome:
    """A group of components abroad, and the group at home that it replaces."""

    studied: tuple[str, ...]
    home: tuple[str, ...]
    agreed: CreditRange | None
    recognised: CreditRange | None
    home_total: CreditRange | None
    replaced: CreditRange | None
    """Of the credits at home; *None* where these are not known."""
    remaining: CreditRange | None
    """What is still to be taken at home."""
    conditions: tuple[str, ...] = ()
    """Why the group is not recognised automatically, where it is not."""
    agreed_conditions: tuple[str, ...] = ()
    """The conditions of recognition that the agreement writes for it, in its own words."""
    studied_at: tuple[int, ...] = ()
    home_at: tuple[int, ...] = ()
    """The places of its components in the record."""


@attrs.frozen(kw_only=True)
class RecognitionRecord:
    """What is owed of a stay, and what remains to be taken at home; all credits are ECTS unless said."""

    outcome: RecognitionOutcome
    components: tuple[ComponentOutcome, ...]
    home: tuple[HomeOutcome, ...]
    groups: tuple[GroupOutcome, ...]
    agreed: CreditRange | None
    recognised: CreditRange | None
    """The sum over the components, rounded once by the policy; *None* where that of one is not known."""
    home_total: CreditRange | None
    replaced: CreditRange | None
    remaining: CreditRange | None
    not_agreed: tuple[str, ...]
    """What was passed and not agreed: it may be recognised, and is not owed."""
    notes: tuple[str, ...]
    policy: RecognitionPolicy
    citations: tuple[Citation, ...]

    @property
    def confidence(self) -> Confidence:
        """The weakest confidence among the citations of the record itself; each conversion has its own."""
        return min(citation.confidence for citation in self.citations)


def settle_recognition(
    agreement: LearningAgreement,
    transcript: TranscriptOfRecords | None,
    policy: RecognitionPolicy | str = DEFAULT,
    *,
    weighted_mean: str | None = None,
    grade_edition: str = "current",
) -> RecognitionRecord:
    """What is to be recognised, by the agreement in force and the transcript; nothing is looked up elsewhere.

    ``policy`` is a policy or the name of one. ``weighted_mean`` is the student's own mean before departure, for a
    policy that gives it to passes without a grade. ``grade_edition`` is that of Kazakhstan's grades, ``current`` or
    ``2011``. Without a transcript every result is open.

    Raises:
        InputError: there is no such policy or edition, or the mean is no number. A scheme, a scale or a grade that
            cannot be used is no reason to refuse: what hangs on it has no value, and says why.

    """
    chosen = recognition_policy(policy)
    rounding = named(credit_roundings(), chosen.credit_rounding, "rounding")
    kazakhstan_grades(grade_edition)  # an unknown edition is refused whatever the scales
    if weighted_mean is not None and exact_number(weighted_mean) is None:
        message = f"{shown(weighted_mean)} is no weighted mean; write a number such as 27.5"
        raise InputError(message, field="weighted_mean")
    standing = in_force(agreement)
    studied = () if standing is None else standing.studied
    home = () if standing is None else standing.recognised
    settling = _Settling(agreement, transcript, chosen, weighted_mean, grade_edition)
    groups = _groups(studied, home)
    names_at_home = {place: tuple(home[at].name for at in group.home) for group in groups for place in group.studied}
    entries = _entries(studied, transcript, settling)
    components = tuple(
        settling.component(each, entries[place], names_at_home[place]) for place, each in enumerate(studied)
    )
    settled = [_settle_group(group, components, home, settling) for group in groups]
    at_home = {place: outcome for _, outcomes in settled for place, outcome in outcomes.items()}
    recognised = _total_known(each.recognised for each in components)
    claimed = {id(each) for each in entries.values() if each is not None}
    not_agreed = tuple(
        each.name
        for each in (transcript.components if transcript is not None else ())
        if each.completed and id(each) not in claimed
    )
    record = RecognitionRecord(
        outcome=_outcome(components),
        components=components,
        home=tuple(at_home[place] for place in range(len(home))),
        groups=tuple(group for group, _ in settled),
        agreed=_total_known(each.agreed for each in components),
        recognised=recognised and CreditRange(rounding.apply(recognised.low), rounding.apply(recognised.high)),
        home_total=_total_known(group.home_total for group, _ in settled),
        replaced=_total_known(group.replaced for group, _ in settled),
        remaining=_total_known(group.remaining for group, _ in settled),
        not_agreed=not_agreed,
        notes=(),
        policy=chosen,
        citations=tuple(_citations(rounding.citation if rounding.kind != "none" else None)),
    )
    notes = (
        *(("nothing is agreed: the agreement has no first version",) if standing is None else ()),
        *((each.words for each in standing.unmatched) if standing is not None else ()),
        *_proposed(agreement),
        *_unknown_names(studied, home),
        *_total_shown(transcript, settling),
        *_not_known(components),
        *_short(components),
        *_about_limits(record, agreement),
        *(f"by the policy {chosen.id}: {_said(each)}" for each in chosen.says),
    )
    return attrs.evolve(record, notes=notes)


def _citations(rounding: Citation | None) -> Iterator[Citation]:
    for name in (
        "ects.transfer.accept_all_la_activities_if_satisfactorily_completed",
        "ects.transfer.award_only_on_completion_and_assessment",
        "ects.transfer.failed_component_credits",
        "learning_agreement.tables_a_b_never_merged",
        "reading.group_settlement",
        "reading.over_achievement",
    ):
        yield figure(name).citation
    if rounding is not None:
        yield rounding


def _said(told: Figure) -> str:
    words = told.citation.paragraph.replace("_", " ")
    value = "" if told.value is True else "no" if told.value is False else str(told.value)
    return ": ".join(filter(None, (words, value, told.citation.note)))


def _outcome(components: tuple[ComponentOutcome, ...]) -> RecognitionOutcome:
    results = {each.result for each in components}
    if not components or Result.OPEN in results:
        return RecognitionOutcome.OPEN
    if results == {Result.PASSED} and not any(each.falls_short for each in components):
        return RecognitionOutcome.FULL
    return RecognitionOutcome.PARTIAL if Result.PASSED in results else RecognitionOutcome.NONE


def _total_known(ranges: Iterable[CreditRange | None]) -> CreditRange | None:
    """The sum, where every part is known."""
    known = list(ranges)
    found = [each for each in known if each is not None]
    return total(found) if len(found) == len(known) else None


def agreed_in_ects(agreement: LearningAgreement) -> tuple[CreditConversion | None, ...]:
    """What the credits of each component abroad in force are in ECTS; *None* for one that states none."""
    standing = in_force(agreement)
    settling = _Settling(agreement, None, recognition_policy(DEFAULT), None, "current")
    return tuple(settling.ects_of(each.credits) for each in (() if standing is None else standing.studied))


# --- one component -----------------------------------------------------------------------------------------


@attrs.frozen
class _Settling:
    """What every step needs."""

    agreement: LearningAgreement
    transcript: TranscriptOfRecords | None
    policy: RecognitionPolicy
    weighted_mean: str | None
    grade_edition: str

    @property
    def level(self) -> str | None:
        """The level of the studies, in the words of credit schemes."""
        cycle = self.agreement.study_cycle
        return None if cycle is None else _LEVELS.get(cycle)

    def ects_of(self, credits_: tuple[Credits, ...], agreed: Component | None = None) -> CreditConversion | None:
        """What the credits of a component are in ECTS; *None* where it states none.

        A stated ECTS figure wins; then what the agreement makes of the same credits; then the scheme.
        """
        if not credits_:
            return None
        stated = next((each for each in credits_ if each.is_ects), None)
        local = next((each for each in credits_ if not each.is_ects), None)
        if stated is not None:
            given = local or stated
            return convert_credits(given.value, given.scheme if local is None else None, stated_ects=stated.value)
        first = credits_[0]
        by_agreement = None if agreed is None else _by_agreement(first, agreed)
        if by_agreement is not None:
            return by_agreement
        try:
            return convert_credits(first.value, first.scheme, level=self.level, on=self.agreement.start_date)
        except InputError as refusal:  # a scheme of the institution's own, which no file here knows
            return CreditConversion(
                given=Fraction(first.value),
                origin=first.scheme,
                target="ECTS",
                value=None,
                method=None,
                factor=None,
                rounding="exact",
                why=str(refusal),
                needs=("the ECTS figure of the partner itself",),
            )

    def component(
        self, agreed: Component, entry: TranscriptComponent | None, against: tuple[str, ...]
    ) -> ComponentOutcome:
        """What is recognised of one agreed component."""
        of_agreed = self.ects_of(agreed.credits)
        promised = None if of_agreed is None else of_agreed.value
        result = Result.OPEN
        if entry is not None and entry.completed is not None:
            result = Result.PASSED if entry.completed else Result.FAILED
        conversion = None if entry is None or result is not Result.PASSED else self.ects_of(entry.credits, agreed)
        if _is_contradicted(promised, conversion):
            result, conversion = Result.OPEN, None
        achieved, recognised, why = _recognised(agreed, result, entry, promised, conversion)
        scheme = self.policy.home_scheme
        at_home = None
        if scheme is not None and recognised is not None and recognised.is_exact and recognised.low:
            at_home = credits_from_ects(recognised.low, scheme, level=self.level, on=self.agreement.start_date)
        return ComponentOutcome(
            component=agreed,
            result=result,
            agreed=promised,
            achieved=achieved,
            recognised=recognised,
            conversion=conversion,
            home_credits=at_home,
            local_grade=None if entry is None else entry.grade,
            grade=self._grade(entry) if entry is not None and result is Result.PASSED else None,
            against=against,
            why=why,
        )

    def _grade(self, entry: TranscriptComponent) -> GradeConversion:
        transcript, agreement = self.transcript, self.agreement
        target = agreement.home_grading_scale or _country(agreement.sending)
        if entry.grade is None:
            # A grade that nobody wrote down is not known; it is no pass without a grade.
            return GradeConversion(
                given="",
                origin="",
                target=target or "",
                value=None,
                method=None,
                policy=self.policy.id,
                why="the transcript tells no grade",
                needs=("the grade", "the grade 'pass', where none was given"),
            )
        table = None if transcript is None else transcript.grading_table
        if is_ungraded(entry.grade) and (table is None or table.places_of(entry.grade) is None):
            return ungraded(self.policy, target, self.weighted_mean)
        origin = (None if transcript is None else transcript.grading_scale) or _country(agreement.receiving)
        try:
            return convert_grade(
                entry.grade,
                origin,
                target,
                policy=self.policy,
                host_table=table,
                home_table=agreement.home_grading_table,
                edition=self.grade_edition,
            )
        except InputError as refusal:  # a scale that no file here knows, or a grade that it cannot have
            return GradeConversion(
                given=entry.grade,
                origin=origin or "",
                target=target or "",
                value=None,
                method=None,
                policy=self.policy.id,
                why=str(refusal),
            )


def _country(institution: Institution | None) -> str | None:
    """The country of an institution, whose grading scale it has where no other is told."""
    return None if institution is None or institution.country is None else str(institution.country)


def _by_agreement(local: Credits, agreed: Component) -> CreditConversion | None:
    """By the factor that the agreement itself has for this component, where it states both numbers."""
    ects = agreed.ects
    same = next((each for each in agreed.credits if each.scheme == local.scheme), None)
    if ects is None or same is None or not same.value:
        return None
    factor = Fraction(ects.value) / Fraction(same.value)
    return CreditConversion(
        given=Fraction(local.value),
        origin=local.scheme,
        target="ECTS",
        value=CreditRange.exactly(Fraction(local.value) * factor),
        method="agreement",
        factor=CreditRange.exactly(factor),
        rounding="exact",
        why=f"the agreement counts {same.value} of these credits as {ects.value} ECTS",
        citations=(figure("credit_method.precedence").citation,),
    )


def _is_contradicted(promised: CreditRange | None, found: CreditConversion | None) -> bool:
    """Whether a transcript awards nothing of something that was passed and has credits."""
    return promised is not None and promised.high > 0 and found is not None and found.value == NO_CREDITS


def _recognised(
    agreed: Component,
    result: Result,
    entry: TranscriptComponent | None,
    promised: CreditRange | None,
    found: CreditConversion | None,
) -> tuple[CreditRange | None, CreditRange | None, str]:
    """What was achieved and what of it is recognised, and why."""
    if result is Result.FAILED:
        return NO_CREDITS, NO_CREDITS, "it was not passed, so none of its credits are awarded; the others stand"
    if result is Result.OPEN:
        if entry is None:
            return None, _up_to(promised), "the transcript does not show it"
        contradiction = "the transcript says that it was passed and awards no credits; one of the two must be mistaken"
        silence = "the transcript does not say whether it was passed"
        return None, _up_to(promised), contradiction if entry.completed else silence
    if found is None:
        if promised is None:
            return None, None, "it was passed; neither the agreement nor the transcript tells its credits"
        return promised, promised, "it was agreed and passed; the transcript tells no credits, so those agreed count"
    if found.value is None:
        return None, _up_to(promised), f"it was passed; its ECTS credits are not known: {found.why}"
    achieved = found.value
    if promised is None:
        return _of_unknown_promise(agreed, achieved)
    recognised = promised.at_most(achieved)
    if recognised == promised:
        surplus = "; what the transcript shows beyond that was not agreed" if achieved.low > promised.high else ""
        return achieved, recognised, f"it was agreed and passed{surplus}"
    return achieved, recognised, f"it was passed, with {achieved} ECTS of the {promised} agreed"


def _of_unknown_promise(agreed: Component, achieved: CreditRange) -> tuple[CreditRange, CreditRange | None, str]:
    """The same, where the agreement tells no number of credits, or one of which nobody knows the ECTS."""
    if not agreed.credits:
        return achieved, achieved, "it was agreed, without a number of credits, and passed"
    stated = ", ".join(f"{each.value} {each.scheme}" for each in agreed.credits)
    return achieved, _up_to(achieved), f"it was passed; how many ECTS the {stated} agreed make is not known"


def _up_to(promised: CreditRange | None) -> CreditRange | None:
    """From nothing to all that there may be; *None* where nobody knows how much that is."""
    return None if promised is None else CreditRange(Fraction(0), promised.high)


def _entries(
    studied: tuple[Component, ...], transcript: TranscriptOfRecords | None, settling: _Settling
) -> Mapping[int, TranscriptComponent | None]:
    """The entry of the transcript that answers for each agreed component, by its place; each entry answers for one.

    Of several tries the one that was passed counts. An entry that names one component more surely than another, by its
    identifier, its code or its term, is never taken by the other.
    """
    entries = () if transcript is None else transcript.components
    agreed = [_value(settling.ects_of(each.credits)) for each in studied]

    def worth(place: int, at: int) -> tuple[int, Fraction]:
        if entries[at].completed is not True:
            # Of two tries of which none was passed, the one whose result is not told leaves the answer open.
            return 0, Fraction(entries[at].completed is None)
        shown = _value(settling.ects_of(entries[at].credits, studied[place]))
        least = [each.low for each in (agreed[place], shown) if each is not None]
        return 1, min(least, default=Fraction(0))

    found = best_entries(studied, entries, worth)
    return {place: entries[found[place]] if place in found else None for place in range(len(studied))}


# --- groups ------------------------------------------------------------------------------------------------


@attrs.frozen
class _Group:
    """The places of the components of one group, abroad and at home."""

    studied: tuple[int, ...]
    home: tuple[int, ...]


def _stands_for(name: str, component: Component) -> bool:
    if name == component.los_id or plain_name(name) == plain_name(component.title):
        return True
    return component.code is not None and plain_code(name) == plain_code(component.code)


def _groups(studied: tuple[Component, ...], home: tuple[Component, ...]) -> list[_Group]:
    """The groups: what the components at home say they stand for, joined; the rest abroad replaces the rest at home."""
    parts: list[tuple[set[int], set[int]]] = []
    for at, component in enumerate(home):
        if not component.replaces:
            continue
        abroad = {
            place for place, each in enumerate(studied) if any(_stands_for(name, each) for name in component.replaces)
        }
        joined = (set(abroad), {at})
        for part in [part for part in parts if part[0] & abroad]:
            parts.remove(part)
            joined = (joined[0] | part[0], joined[1] | part[1])
        parts.append(joined)
    rest_abroad = set(range(len(studied))).difference(*(part[0] for part in parts))
    rest_home = {at for at, component in enumerate(home) if not component.replaces}
    if rest_abroad or rest_home:
        parts.append((rest_abroad, rest_home))
    return [_Group(tuple(sorted(abroad)), tuple(sorted(at_home))) for abroad, at_home in parts]


def _settle_group(
    group: _Group, components: tuple[ComponentOutcome, ...], home: tuple[Component, ...], settling: _Settling
) -> tuple[GroupOutcome, dict[int, HomeOutcome]]:
    abroad = [components[place] for place in group.studied]
    recognised = _total_known(each.recognised for each in abroad)
    credits_at_home = {at: _value(settling.ects_of(home[at].credits)) for at in group.home}
    home_total = _total_known(credits_at_home.values())
    results = {each.result for each in abroad}
    is_whole = results == {Result.PASSED}
    may_be_whole = bool(abroad) and Result.FAILED not in results
    replaced = remaining = None
    if home_total is not None:
        if is_whole:
            replaced, remaining = home_total, NO_CREDITS
        elif recognised is not None:
            by_credit = home_total.at_most(recognised)
            replaced = CreditRange(by_credit.low, home_total.high if may_be_whole else by_credit.high)
            least = Fraction(0) if may_be_whole else max(Fraction(0), home_total.low - replaced.high)
            remaining = CreditRange(least, home_total.high - replaced.low)
    outcome = GroupOutcome(
        studied=tuple(each.component.name for each in abroad),
        home=tuple(home[at].name for at in group.home),
        agreed=_total_known(each.agreed for each in abroad),
        recognised=recognised,
        home_total=home_total,
        replaced=replaced,
        remaining=remaining,
        conditions=tuple(_conditions(home[at] for at in group.home)),
        agreed_conditions=tuple(text for at in group.home if (text := home[at].recognition_conditions) is not None),
        studied_at=group.studied,
        home_at=group.home,
    )
    return outcome, {
        at: _at_home(home[at], credits_at_home[at], outcome, is_whole=is_whole, results=results) for at in group.home
    }


def _value(conversion: CreditConversion | None) -> CreditRange | None:
    return None if conversion is None else conversion.value


def _conditions(home: Iterable[Component]) -> Iterator[str]:
    for each in home:
        if each.recognition_conditions is not None:
            yield f"{each.name}: {each.recognition_conditions}"
        elif not each.automatic_recognition:
            yield f"{each.name}: not recognised automatically; the agreement does not say on which condition"


def _at_home(
    component: Component, credits_: CreditRange | None, group: GroupOutcome, *, is_whole: bool, results: set[Result]
) -> HomeOutcome:
    abroad = ", ".join(group.studied)
    if is_whole:
        status, why = HomeStatus.REPLACED, f"replaced by {abroad}"
    elif not group.studied:
        status, why = HomeStatus.TO_BE_TAKEN, "no component abroad stands for it"
    elif Result.OPEN in results:
        status, why = HomeStatus.OPEN, f"open while not all results of {abroad} are known"
    elif group.recognised is not None and not group.recognised.high:
        status, why = HomeStatus.TO_BE_TAKEN, f"nothing of {abroad} was passed"
    elif len(group.home) == 1:
        status = HomeStatus.PARTLY
        why = f"{_of(group.replaced)} of its credits are replaced, {_of(group.remaining)} remain to be taken"
        if group.remaining is not None and not group.remaining.high:
            status, why = HomeStatus.REPLACED, f"replaced by what was passed of {abroad}"
    elif group.remaining is not None and not group.remaining.high:
        status, why = HomeStatus.REPLACED, f"replaced by what was passed of {abroad}"
    else:
        status = HomeStatus.SHARED
        why = (
            f"{_of(group.replaced)} of the {_of(group.home_total)} credits of its group are replaced; which components "
            "these are, the agreement does not say: the sending institution does"
        )
    conditions = [condition for condition in group.conditions if condition.startswith(f"{component.name}: ")]
    if conditions and status is not HomeStatus.TO_BE_TAKEN:
        why += f"; on the condition that was agreed: {conditions[0].removeprefix(component.name)[2:]}"
    return HomeOutcome(component=component, credits=credits_, status=status, why=why)


def _of(credits_: CreditRange | None) -> str:
    return "an unknown number" if credits_ is None else str(credits_)


# --- notes -------------------------------------------------------------------------------------------------


def _proposed(agreement: LearningAgreement) -> Iterator[str]:
    """What a proposal would change, which is not in force."""
    proposal, standing = agreement.changes_proposal, in_force(agreement, with_proposal=True)
    if proposal is None or standing is None:
        return
    statuses = [each.status for each in proposal.all_changes()]
    added, deleted = (statuses.count(status) for status in (ChangeStatus.INSERTED, ChangeStatus.DELETED))
    replaced = ", in place of the changes approved before" if agreement.approved_changes is not None else ""
    yield (
        f"changes are proposed, and not in force: {_counted(added)} would be added and {_counted(deleted)} "
        f"deleted{replaced}"
    )
    yield from (f"of the proposal: {each.words}" for each in standing.unmatched)


def _counted(number: int) -> str:
    return "1 component" if number == 1 else f"{number} components"


def _total_shown(transcript: TranscriptOfRecords | None, settling: _Settling) -> Iterator[str]:
    """That the total on a transcript is not the sum of what was passed, where both are known."""
    if transcript is None or any(each.completed is None for each in transcript.components):
        return
    passed = [settling.ects_of(each.credits) for each in transcript.components if each.completed]
    sum_, stated = _total_known(_value(each) for each in passed), _value(settling.ects_of(transcript.total))
    if sum_ is not None and stated is not None and (stated.high < sum_.low or sum_.high < stated.low):
        yield f"the transcript shows a total of {stated} ECTS, and its passed components sum to {sum_}"


def _unknown_names(studied: tuple[Component, ...], home: tuple[Component, ...]) -> Iterator[str]:
    for component in home:
        for name in component.replaces:
            if not any(_stands_for(name, each) for each in studied):
                yield f"{component.name} stands for {name!r}, which is not among the components abroad in force"


def _not_known(components: tuple[ComponentOutcome, ...]) -> Iterator[str]:
    known = [each.recognised for each in components if each.recognised is not None]
    if known and len(known) < len(components):
        names = ", ".join(each.component.name for each in components if each.recognised is None)
        yield f"how many ECTS are owed is not known of: {names}; of the others it is {total(known)}"


def _short(components: tuple[ComponentOutcome, ...]) -> Iterator[str]:
    for each in components:
        if each.falls_short:
            credits_ = f"{each.achieved} of {each.agreed} ECTS"
            yield f"{each.component.name} was passed with fewer credits than agreed: {credits_}"


def _about_limits(record: RecognitionRecord, agreement: LearningAgreement) -> Iterator[str]:
    """What the limits of the policy's institution say; they inform, and take nothing from what is owed."""
    policy, limits = record.policy, record.policy.limits
    passed = sum(each.result is Result.PASSED for each in record.components)
    is_open = record.outcome is RecognitionOutcome.OPEN
    recognised = record.recognised
    if (limit := limits.get("least_recognised_ects")) and recognised is not None and recognised.high < limit.number:
        yield _below(policy, limit, f"{recognised} ECTS are recognised", "ECTS")
    if (limit := limits.get("least_recognised_components")) and not is_open and passed < limit.number:
        yield _below(policy, limit, f"{passed} components are recognised", "components")
    if (limit := limits.get("least_agreed_ects")) and record.agreed is not None and record.agreed.high < limit.number:
        yield _below(policy, limit, f"{record.agreed} ECTS are agreed", "ECTS")
    cap = _cap(policy, agreement)
    if cap is not None and record.agreed is not None and record.agreed.low > cap.number:
        yield (
            f"by the policy {policy.id} up to {in_figures(cap.number)} ECTS are recognised of a stay of this length, "
            f"and {record.agreed} are agreed; what was agreed stands"
        )
    at_home = [each.home_credits for each in record.components if each.recognised is None or each.recognised.high]
    if policy.home_scheme is not None and at_home and not is_open:
        values = [each.value for each in at_home if each is not None and each.value is not None]
        if len(values) < len(at_home):
            yield f"not every component has a value in the credits of {policy.home_scheme}"
        else:
            sum_ = total(values)
            if (limit := limits.get("least_home_credits")) and sum_.high < limit.number:
                yield _below(policy, limit, f"{sum_} credits are recognised", "credits")
            if (limit := limits.get("most_home_credits")) and sum_.low > limit.number:
                most = in_figures(limit.number)
                yield f"by the policy {policy.id} at most {most} credits are recognised; these are {sum_}"


def _below(policy: RecognitionPolicy, limit: Figure, what: str, unit: str) -> str:
    note = f" ({limit.citation.note})" if limit.citation.note else ""
    return f"by the policy {policy.id} at least {in_figures(limit.number)} {unit} are asked for; {what}{note}"


def _cap(policy: RecognitionPolicy, agreement: LearningAgreement) -> Figure | None:
    if agreement.start_date is None or agreement.end_date is None:
        return None
    days = (agreement.end_date - agreement.start_date).days + 1
    half = figure("reading.half_year_days").number
    return policy.limits.get("most_ects_half_year" if days <= half else "most_ects_year")
