"""Which entries of one document mean which components of another, where codes and titles stand there more than once.

Nothing here depends on the order in which either document lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import starmap
from math import lcm

from icm_rules.model.learning_agreement import Component, Likeness, likeness

Worth = Callable[[int, int], tuple[int, Fraction]]
"""What it is worth to pair the component and the entry at these places: whether it was passed, and its credits."""
_Pairs = Mapping[tuple[int, int], Likeness]


def best_entries(components: Sequence[Component], entries: Sequence[Component], worth: Worth) -> dict[int, int]:
    """The entry that answers for each component, by their places; each entry answers for one component at most.

    An entry goes to a component that it names most surely: by identifier, else by code and term, else by code, else by
    title. What was passed and is left over then goes to components that have none. Among ways to pair them as surely,
    the one with the most that was passed is taken, then the one with the most credits.
    """
    # Ties are broken by what stands in the documents, never by where it stands.
    rows = sorted(range(len(components)), key=lambda place: repr(components[place]))
    columns = sorted(range(len(entries)), key=lambda place: repr(entries[place]))
    alike: dict[tuple[int, int], Likeness] = {}
    for row in rows:
        for column in columns:
            if found := likeness(components[row], entries[column]):
                alike[row, column] = found
    surest: dict[int, Likeness] = {}
    for (_, column), found in alike.items():
        surest[column] = max(found, surest.get(column, Likeness.NONE))
    paired: dict[int, int] = {}
    # What was failed may be an earlier try of what it names more surely, and fails no other.
    passed = {pair: found for pair, found in alike.items() if worth(*pair)[0]}
    for pairs in ({pair: found for pair, found in alike.items() if found is surest[pair[1]]}, passed):
        taken = set(paired.values())
        left = {pair: found for pair, found in pairs.items() if pair[0] not in paired and pair[1] not in taken}
        for part in _parts(left):
            paired |= _paired(part, worth)
    return paired


def _parts(pairs: _Pairs) -> Iterable[_Pairs]:
    """The pairs in parts that share neither a component nor an entry."""
    parts: list[tuple[set[int], set[int], dict[tuple[int, int], Likeness]]] = []
    for (row, column), found in pairs.items():
        joined = ({row}, {column}, {(row, column): found})
        for part in [part for part in parts if row in part[0] or column in part[1]]:
            parts.remove(part)
            joined = (part[0] | joined[0], part[1] | joined[1], part[2] | joined[2])
        parts.append(joined)
    return [part[2] for part in parts]


def _paired(pairs: _Pairs, worth: Worth) -> dict[int, int]:
    """The best way to pair: the most passed, then the most pairs, then the surest ones, then the most credits."""
    if len(pairs) == 1:
        return dict(list(pairs))
    rows = list(dict.fromkeys(row for row, _ in pairs))
    columns = list(dict.fromkeys(column for _, column in pairs))
    worths = dict(zip(pairs, starmap(worth, pairs), strict=True))
    scale = lcm(*(credits_.denominator for _, credits_ in worths.values()))
    whole = {pair: int(credits_ * scale) for pair, (_, credits_) in worths.items()}
    # One number holds all aims: no sum of a lesser one can outweigh a single step of a greater one.
    step = len(pairs) + 1
    most = sum(whole.values()) + 1
    weights = {}
    for pair, found in pairs.items():
        weight = worths[pair][0] * step + 1
        for rank in sorted(Likeness, reverse=True)[:-1]:
            weight = weight * step + (found is rank)
        weights[pair] = weight * most + whole[pair]
    size = max(len(rows), len(columns))
    costs = [
        [
            -weights.get((rows[row], columns[column]), 0) if row < len(rows) and column < len(columns) else 0
            for column in range(size)
        ]
        for row in range(size)
    ]
    return {
        rows[row]: columns[column]
        for row, column in enumerate(_cheapest(costs))
        if row < len(rows) and column < len(columns) and (rows[row], columns[column]) in weights
    }


def _cheapest(costs: list[list[int]]) -> list[int]:  # noqa: C901 - one method, as it is printed everywhere
    """The column of each row for which the sum of a square of costs is least (the Hungarian method)."""
    size = len(costs)
    of_row, of_column, row_at, came_from = ([0] * (size + 1) for _ in range(4))
    for row in range(1, size + 1):
        row_at[0], column = row, 0
        slack: list[int | None] = [None] * (size + 1)
        seen = [False] * (size + 1)
        while True:
            seen[column] = True
            here, nearest, step = row_at[column], 0, None
            for other in range(1, size + 1):
                if seen[other]:
                    continue
                cost = costs[here - 1][other - 1] - of_row[here] - of_column[other]
                known = slack[other]
                if known is None or cost < known:
                    slack[other], came_from[other] = cost, column
                    known = cost
                if step is None or known < step:
                    step, nearest = known, other
            least = step or 0
            for other in range(size + 1):
                known = slack[other]
                if seen[other]:
                    of_row[row_at[other]] += least
                    of_column[other] -= least
                elif known is not None:
                    slack[other] = known - least
            column = nearest
            if not row_at[column]:
                break
        while column:
            row_at[column], column = row_at[came_from[column]], came_from[column]
    found = [0] * size
    for column in range(1, size + 1):
        found[row_at[column] - 1] = column - 1
    return found
