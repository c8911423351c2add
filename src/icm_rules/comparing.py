"""The door to the two things that are compared: the copies of an agreement, and a table under two Guides.

Two agreements are compared by :func:`icm_rules.rules.agreement.comparison.compare_agreements` and need no extra; a
table is compared by :func:`icm_rules.batch.compare`, which needs the extra ``frames``.
"""

from __future__ import annotations

import typing

from icm_rules.model.agreement import InterInstitutionalAgreement

if typing.TYPE_CHECKING:
    from collections.abc import Iterable

    from icm_rules.batch.comparison import Comparison
    from icm_rules.engine import Rounding, Rulebook
    from icm_rules.rules.agreement.comparison import AgreementComparison


@typing.overload
def compare(ours: InterInstitutionalAgreement, theirs: InterInstitutionalAgreement, /) -> AgreementComparison: ...
@typing.overload
def compare(
    table: typing.Any,  # noqa: ANN401 - any kind of frame
    before: typing.Any = ...,  # noqa: ANN401 - any side
    after: typing.Any = ...,  # noqa: ANN401 - any side
    *,
    by: Iterable[str] | str = ...,
    call: int | None = ...,
    carry: Iterable[str] | str = ...,
    rulebook: Rulebook | None = ...,
    threads: int = ...,
    rounding: Rounding | str = ...,
) -> Comparison: ...
def compare(*compared: typing.Any, **settings: typing.Any) -> typing.Any:
    """What differs: between the two partners' copies of an agreement, or for a table from one side to the other.

    ``compare(ours, theirs)`` takes two agreements and gives an
    :class:`~icm_rules.rules.agreement.comparison.AgreementComparison`. Anything else is a table, compared under two
    Guides as :func:`icm_rules.batch.compare` tells; its arguments are taken from there.

    Raises:
        InputError: only one agreement is given, or one beside something else.
        GuideError: as :func:`icm_rules.batch.compare` says.

    >>> ours = InterInstitutionalAgreement(transcript_weeks=5)
    >>> print(compare(ours, InterInstitutionalAgreement(transcript_weeks=6)), end="")
    The two copies differ in 1 point:
    - calendar: transcript weeks of the agreement: ours says 5, theirs says 6

    """
    of_agreements = [isinstance(each, InterInstitutionalAgreement) for each in (*compared, *settings.values())]
    if any(of_agreements):
        if of_agreements != [True, True] or settings:
            from icm_rules.engine.errors import InputError

            message = "an agreement is compared with one other agreement, and with no settings: compare(ours, theirs)"
            raise InputError(message)
        from icm_rules.rules.agreement.comparison import compare_agreements

        return compare_agreements(*compared)
    from icm_rules.batch import compare as compare_tables  # it says what to install where its extra is not there

    return compare_tables(*compared, **settings)
