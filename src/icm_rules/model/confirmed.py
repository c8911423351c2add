"""Facts of a mobility that are confirmed, beside those that are planned: two mobilities held in one.

The fields of a mobility hold what is planned. What a certificate, a ticket or a time sheet shows stands in its field
``confirmed``, by flat name. The mobility as confirmed tells what is confirmed, and what is planned where nothing is.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from icm_rules.engine.errors import InputError, did_you_mean
from icm_rules.model.mobility import Confirmed, Mobility
from icm_rules.model.terms import Stage
from icm_rules.model.vocabulary import VOCABULARY, facts_of, mobility_of, read_fact

# They say which mobility it is, and by which rules; they do not turn out otherwise.
NEVER_CONFIRMED = frozenset({"call", "stage", "project_number", "reference", "participant_kind"})
"""The facts that are never confirmed beside a plan."""

SHOWN_BY_PROOF = (
    "start_date",
    "end_date",
    "teaching_hours",
    "outward_travel_date",
    "return_travel_date",
    "travel_legs",
    "real_travel_costs_eur",
    "inclusion_costs_eur",
)
"""The planned facts that an office expects to see confirmed: by the certificate, tickets and invoices."""


def checked_confirmed(mobility: Mobility) -> Confirmed:
    """The confirmed values of a mobility, each read into its type; they keep their order.

    Raises:
        InputError: a fact that is unknown or is never confirmed, a value that cannot be read, or what cannot be true
            together with what is planned and not confirmed; ``field`` begins with ``confirmed``.

    """
    read: dict[str, object] = {}
    for name, value in mobility.confirmed:
        field = f"confirmed.{name}"
        if name not in VOCABULARY:
            hint = did_you_mean(name, VOCABULARY) or "; `icm-rules questions` lists the facts there are"
            message = f"there is no fact {name!r}{hint}"
            raise InputError(message, field=field)
        if name in NEVER_CONFIRMED:
            message = f"{name} does not turn out otherwise than planned; tell it as it is, and leave it out here"
            raise InputError(message, field=field)
        try:
            read[name] = read_fact(name, value)
        except InputError as refusal:
            raise InputError(str(refusal), field=field) from None
    try:
        mobility_of(_overlaid(mobility, read))
    except InputError as refusal:
        message = f"{refusal} (as confirmed, and as planned where nothing is confirmed)"
        raise InputError(message, field=".".join(filter(None, ("confirmed", refusal.field)))) from None
    return tuple(read.items())


def as_planned(mobility: Mobility) -> Mobility:
    """The mobility as it is planned, without what is confirmed.

    >>> as_planned(Mobility(call=2019, end_date="2020-06-30", confirmed={"end_date": "2020-06-12"})).end_date
    datetime.date(2020, 6, 30)

    """
    return attrs.evolve(mobility, confirmed=()) if mobility.confirmed else mobility


def as_confirmed(mobility: Mobility, besides: Mapping[str, object] | None = None) -> Mobility:
    """The mobility as it is confirmed, and as planned where nothing is; it stands after the return, or later.

    ``besides`` are further facts by flat name that hold for the mobility as confirmed, where it does not tell them.

    >>> as_confirmed(Mobility(call=2019, end_date="2020-06-30", confirmed={"end_date": "2020-06-12"})).end_date
    datetime.date(2020, 6, 12)

    """
    confirmed = dict(mobility.confirmed)
    stages = list(Stage)
    reached = Stage.AFTER_RETURN if mobility.stage is None else mobility.stage
    stage = max(reached, Stage.AFTER_RETURN, key=stages.index)
    facts = {**(besides or {}), **_overlaid(mobility, confirmed), "stage": stage}
    possible = tuple((name, values) for name, values in mobility.possible if name not in facts)
    made = mobility_of(facts)
    return attrs.evolve(made, possible=possible) if possible else made


_IN_PLACE_OF = {
    "zero_grant_days": "zero_grant_periods",
    "zero_grant_periods": "zero_grant_days",
    "interruption_days": "interruptions",
    "interruptions": "interruption_days",
}
"""Two ways to tell the same days: one that is confirmed takes the place of the other that was planned."""


def _overlaid(mobility: Mobility, confirmed: Mapping[str, object]) -> dict[str, object]:
    replaced = {_IN_PLACE_OF[name] for name in confirmed if name in _IN_PLACE_OF}
    planned = {name: value for name, value in facts_of(mobility).items() if name not in replaced}
    return {**planned, **confirmed}
