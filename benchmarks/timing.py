"""Taking turns: each contestant runs once a round, and what counts is the median over the rounds."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from typing import NamedTuple


class Contestant(NamedTuple):
    """One that takes part: what is timed, and over how many rows."""

    run: Callable[[], object]
    rows: int = 1


class Timed(NamedTuple):
    """What a contestant took, a figure for each round [seconds a row]."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median over the rounds."""
        return statistics.median(self.rounds)

    @property
    def best(self) -> float:
        """The quickest round."""
        return min(self.rounds)

    def times(self, other: Timed) -> float:
        """How many times as long as another it takes: the median of the ratios of each round."""
        return statistics.median(mine / theirs for mine, theirs in zip(self.rounds, other.rounds, strict=True))


def take_turns(contestants: Mapping[str, Contestant], rounds: int) -> dict[str, Timed]:
    """Everybody once a round, in turn and from another beginning each round, after one run that does not count."""
    for contestant in contestants.values():
        contestant.run()
    found: dict[str, list[float]] = {name: [] for name in contestants}
    order = list(contestants)
    for _ in range(rounds):
        order = order[1:] + order[:1]
        for name in order:
            contestant = contestants[name]
            gc.collect()  # nobody pays for what another left behind, and everybody for their own
            begun = time.perf_counter()
            answer = contestant.run()
            taken = time.perf_counter() - begun
            del answer
            found[name].append(taken / contestant.rows)
    return {name: Timed(tuple(times)) for name, times in found.items()}
