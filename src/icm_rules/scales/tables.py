"""Two grading tables compared: which home grade stands at the places of a host grade.

Each grade owns a half-open interval of the places of those who passed, the best first. Home grades whose interval
shares a positive length with that of the host grade (more than the tolerance for slivers) are candidates; which of them
is taken, a named choice says. Since the intervals of both tables lie in one order, no choice ever reverses an order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import attrs

from icm_rules.model.credits import as_text, exact_number
from icm_rules.model.grading import GradingTable


@attrs.frozen(kw_only=True)
class Candidate:
    """A home grade whose places overlap with those of the host grade."""

    grade: str
    shared: Fraction
    """The share of all places that both have."""
    places: tuple[Fraction, Fraction]


@attrs.frozen(kw_only=True)
class Comparison:
    """What a comparison found."""

    grade: str
    candidates: tuple[Candidate, ...]
    """The best first."""
    deviation: Fraction | None = None
    """How far the middle places of the two grades lie apart [share of all places], where the choice looks at it."""


_Choice = Callable[[tuple[Candidate, ...], tuple[Fraction, Fraction]], str]


def _middle(places: tuple[Fraction, Fraction]) -> Fraction:
    return (places[0] + places[1]) / 2


def _holding_the_middle(candidates: tuple[Candidate, ...], places: tuple[Fraction, Fraction]) -> str:
    middle = _middle(places)
    # A sliver that was left out may have held the middle: then the nearest candidate does.
    return min(candidates, key=lambda each: max(each.places[0] - middle, middle - each.places[1], Fraction(0))).grade


def _of_the_largest_overlap(candidates: tuple[Candidate, ...], _: tuple[Fraction, Fraction]) -> str:
    return max(candidates, key=lambda each: each.shared).grade  # the first of several, which is the better


def _median(candidates: tuple[Candidate, ...], _: tuple[Fraction, Fraction]) -> str:
    return candidates[(len(candidates) - 1) // 2].grade


def _mean(candidates: tuple[Candidate, ...], places: tuple[Fraction, Fraction]) -> str:
    numbers = [exact_number(each.grade) for each in candidates]
    if len(candidates) == 1 or any(number is None for number in numbers):
        return _median(candidates, places)  # letters have no mean
    return as_text(sum((each for each in numbers if each is not None), Fraction(0)) / len(numbers))


_CHOICES: Mapping[str, _Choice] = {
    "lowest": lambda candidates, _: candidates[-1].grade,
    "highest": lambda candidates, _: candidates[0].grade,
    "middle": _holding_the_middle,
    "largest-overlap": _of_the_largest_overlap,
    "median": _median,
    "mean": _mean,
}
CLOSEST = "closest"
"""The one choice that looks at all home grades."""
OVERLAP_CHOICES = (*_CHOICES, CLOSEST)


def compare(
    host: GradingTable, grade: str, home: GradingTable, choice: str, tolerance: Fraction = Fraction(0)
) -> Comparison | None:
    """The home grade for a host grade; *None* where nobody got the host grade, or it is no passing grade.

    ``tolerance`` is the share of all places that an overlap must exceed to count; where none does, the largest counts.
    """
    places = host.places_of(grade)
    if places is None or places[0] == places[1]:
        return None
    overlapping = []
    for each in home.passing:
        own = home.places_of(each.grade)
        if own is not None and (shared := min(places[1], own[1]) - max(places[0], own[0])) > 0:
            overlapping.append(Candidate(grade=each.grade, shared=shared, places=own))
    kept = [each for each in overlapping if each.shared > tolerance]
    candidates = tuple(kept or [max(overlapping, key=lambda each: each.shared)])
    if choice == CLOSEST:
        return _closest(places, home, candidates)
    return Comparison(grade=_CHOICES[choice](candidates, places), candidates=candidates)


def _closest(places: tuple[Fraction, Fraction], home: GradingTable, candidates: tuple[Candidate, ...]) -> Comparison:
    middle = _middle(places)
    found = [
        (abs(_middle(own) - middle), each.grade)
        for each in home.passing
        if (own := home.places_of(each.grade)) is not None and own[0] < own[1]
    ]
    deviation = min(away for away, _ in found)
    grade = next(name for away, name in found if away == deviation)
    return Comparison(grade=grade, candidates=candidates, deviation=deviation)
