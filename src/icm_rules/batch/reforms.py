"""Sides of a comparison: by which Guides and which rules a table is answered, and what that changes.

A reform is a value. Two of them go together with ``|``, where they do not contradict each other.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import attrs

from icm_rules.engine import DerivedFact, GivenFact, Rule, Rulebook
from icm_rules.engine.citations import Closed
from icm_rules.engine.errors import GuideError, InputError, did_you_mean, shown
from icm_rules.guide import Guide, calls, load
from icm_rules.guide import guide as guide_of_call
from icm_rules.guide.provisions import PARAGRAPHS, Provision
from icm_rules.guide.telling import differences
from icm_rules.rules import RULEBOOK

Paragraphs = Mapping[str, Provision | Closed]
"""Paragraphs of a Guide by their names."""

RATES = ("student_country_groups", "staff_country_groups", "student_rates", "staff_rates", "travel_bands")
"""The paragraphs that every Guide has and that say how much is paid; ``taking(..., "rates")`` takes all of them.

The groups of countries are among them, since the rates are written by group.
"""
_RATES_WORD = "rates"

# --- the sides -----------------------------------------------------------------------------------------------


class _AmendedGuides(Mapping[int, Guide]):
    """The Guide of every call with some paragraphs in place of its own, made when the call is first met."""

    def __init__(self, base: Guide | Mapping[int, Guide] | None, paragraphs: Paragraphs) -> None:
        self._base, self._paragraphs = base, dict(paragraphs)
        self._made: dict[int, Guide] = {}

    def __getitem__(self, call: int) -> Guide:
        """The amended Guide by which a call is answered; a call without a Guide is refused as everywhere."""
        if call not in self._made:
            self._made[call] = _guide_among(self._base, call).amended(**self._paragraphs)
        return self._made[call]

    def __contains__(self, call: object) -> bool:
        """Every call is answered here, if only by the sentence that says why there is no Guide of it."""
        return True

    def __iter__(self) -> Iterator[int]:
        return iter(sorted({*calls(), *(self._base if isinstance(self._base, Mapping) else ())}))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _guide_among(guides: Guide | Mapping[int, Guide] | None, call: int) -> Guide:
    if isinstance(guides, Guide):
        return guides
    return guides[call] if guides is not None and call in guides else guide_of_call(call)


def _some_guides(given: Guide | Mapping[int, Guide] | None) -> Guide | Mapping[int, Guide] | None:
    return MappingProxyType(dict(given)) if isinstance(given, Mapping) else given


def _some_paragraphs(given: Paragraphs) -> Paragraphs:
    for name in given:
        if name not in PARAGRAPHS:
            message = f"no Guide has a paragraph {name!r}{did_you_mean(name, PARAGRAPHS)}"
            raise GuideError(message)
    return MappingProxyType(dict(given))


@attrs.frozen(kw_only=True, eq=False)
class Reform:
    """One side of a comparison: by which Guides and which rules a table is answered. It never changes.

    ``guide`` is None where each row is answered by the shipped Guide of its call; one Guide answers **all** rows, of
    whatever call, as if they were of its own; a mapping answers the rows of the calls it names. ``paragraphs`` stand in
    place of those of whatever Guide answers. :meth:`of` makes a side of anything that can be one.

    >>> Reform.of(2024).name
    'Programme Guide 2024'
    >>> Reform.of(2018).taking(2024, "student_rates").name
    'Programme Guide 2018, with student_rates of Programme Guide 2024'

    Raises:
        GuideError: a paragraph that no Guide has.

    """

    name: str
    guide: Guide | Mapping[int, Guide] | None = attrs.field(default=None, converter=_some_guides)
    paragraphs: Paragraphs = attrs.field(factory=dict, converter=_some_paragraphs, repr=lambda given: str(list(given)))
    rulebook: Rulebook = attrs.field(default=RULEBOOK, repr=False)

    @classmethod
    def of(cls, side: Any, name: str | None = None) -> Reform:  # noqa: ANN401 - any of six kinds
        """A side, of a call, a Guide, Guides by call, a rulebook, a file, or a side; None is the Guides of the calls.

        A call (``2024``) is its shipped Guide, answering all rows. A file ends in ``.toml`` and is read by
        :func:`icm_rules.guide.load`.

        Raises:
            GuideError: there is no such Guide, or the file cannot be used.
            InputError: it can be no side.

        """
        made = _side_of(side)
        return made if name is None else attrs.evolve(made, name=name)

    def named(self, name: str) -> Reform:
        """The same under another name."""
        return attrs.evolve(self, name=name)

    def with_rulebook(self, rulebook: Rulebook) -> Reform:
        """The same Guides, asked by these rules."""
        told = _BY_RULES if rulebook is RULEBOOK else _BY_OTHER_RULES
        return attrs.evolve(self, rulebook=rulebook, name=f"{self.name}, {told}")

    def taking(self, source: int | Guide, *paragraphs: str) -> Reform:
        """The same with these paragraphs of another Guide in place of its own; the word ``rates`` is five of them.

        What is taken stands as it is written there, with how sure it is. See :data:`RATES`.

        Raises:
            GuideError: a paragraph that no Guide has, or a call without a Guide.
            InputError: no paragraph is named.

        """
        guide = guide_of_call(source) if isinstance(source, int) else source
        names = paragraph_names(paragraphs)
        if not names:
            message = f"no paragraph of {guide.title} is named; name those to be taken, for example student_rates"
            raise InputError(message, field="paragraphs")
        told = ", ".join(paragraphs) if len(paragraphs) <= _NAMED_AT_MOST else f"{len(names)} paragraphs"
        changed = self.amended(**{name: guide[name] for name in names})
        return attrs.evolve(changed, name=f"{self.name}, with {told} of {guide.title}")

    def amended(self, **paragraphs: Provision | Closed) -> Reform:
        """The same with these paragraphs in place of those of whatever Guide answers.

        Raises:
            GuideError: a paragraph that no Guide has.

        """
        told = ", ".join(paragraphs) if len(paragraphs) <= _NAMED_AT_MOST else f"{len(paragraphs)} paragraphs"
        return attrs.evolve(
            self, paragraphs={**self.paragraphs, **paragraphs}, name=f"{self.name}, with another {told}"
        )

    def __or__(self, other: Reform) -> Reform:
        """Both changes together.

        What only one of them changes is taken from it: single rules, facts and paragraphs, each compared with the
        rules of this library and the shipped Guide of the call. What both change in different ways is refused, since
        nobody but their author can say which is meant.

        Raises:
            InputError: both change the same rule, fact or paragraph, or answer by Guides of different calls.

        """
        if not isinstance(other, Reform):
            return NotImplemented
        paragraphs = dict(self.paragraphs)
        for name, value in other.paragraphs.items():
            if name in paragraphs and paragraphs[name] != value:
                raise _both_change(self, other, f"the paragraph {name}")
            paragraphs[name] = value
        for one, two in ((self, other), (other, self)):
            for name in two.paragraphs:
                if name not in one.paragraphs and name in one.own_paragraphs():
                    raise _both_change(self, other, f"the paragraph {name}")
        names = dict.fromkeys(each.name for each in (self, other) if each.changes_anything)
        return Reform(
            name=" and ".join(names) or self.name,
            guide=_merged_guides(self, other),
            paragraphs=paragraphs,
            rulebook=_merged_rulebooks(self, other),
        )

    @property
    def changes_anything(self) -> bool:
        """Whether it is anything but the shipped Guide of each call and the rules of this library."""
        return self.guide is not None or bool(self.paragraphs) or self.rulebook is not RULEBOOK

    @property
    def guides(self) -> Guide | Mapping[int, Guide] | None:
        """The Guides as :func:`icm_rules.batch.table.evaluate_table` takes them, paragraphs and all.

        Raises:
            GuideError: the paragraphs do not fit the one Guide that answers.

        """
        if not self.paragraphs:
            return self.guide
        if isinstance(self.guide, Guide):
            return self.guide.amended(**self.paragraphs)
        return _AmendedGuides(self.guide, self.paragraphs)

    def guide_of(self, call: int) -> Guide:
        """The Guide by which rows of a call are answered.

        Raises:
            GuideError: there is none, or the paragraphs do not fit it.

        """
        return _guide_among(self.guides, call)

    def own_paragraphs(self) -> frozenset[str]:
        """The paragraphs in which its Guides differ from the shipped Guides of the same calls."""
        guides = [self.guide] if isinstance(self.guide, Guide) else list((self.guide or {}).values())
        return frozenset().union(
            *(differing(guide_of_call(each.call), each) for each in guides if each.call in calls())
        )

    def diff_against(self, other: Any = None, calls: Iterable[int] = ()) -> str:  # noqa: ANN401 - any side
        """What this side says otherwise than the other: paragraphs, rules and facts; in words.

        Paragraphs are compared for the given calls; where none are given, for the call of the one Guide that answers
        on either side, else for those that either side names, else for the newest.

        Raises:
            GuideError: one of the calls has no Guide.
            InputError: ``other`` can be no side.

        """
        against = Reform.of(other)
        told = [f"From {against.name} to {self.name}"]
        texts: dict[str, list[int]] = {}
        for call in dict.fromkeys(calls) or _calls_of(self, against):
            before, after = against.guide_of(call), self.guide_of(call)
            if any(differing(before, after)):
                texts.setdefault(differences(before, after), []).append(call)
        for text, of_calls in texts.items():
            listed = ", ".join(map(str, of_calls))
            told.append(f"Rows of call {listed}:\n{text}".rstrip())
        told += _rules_told(against.rulebook, self.rulebook)
        if len(told) == 1:
            told.append("no change")
        return "\n\n".join(told) + "\n"


_NAMED_AT_MOST = 4
_GUIDES_OF_CALLS = "the Guide of each call"
_BY_RULES = "by the rules of this library"
_BY_OTHER_RULES = "by other rules"


def paragraph_names(given: Iterable[str]) -> tuple[str, ...]:
    """The names of paragraphs, with the word ``rates`` written out.

    Raises:
        GuideError: a paragraph that no Guide has.

    """
    names = dict.fromkeys(itertools.chain.from_iterable(RATES if name == _RATES_WORD else (name,) for name in given))
    return tuple(_some_paragraphs(dict.fromkeys(names, Closed)))  # type: ignore[arg-type] # only the names count


def _side_of(side: Any) -> Reform:  # noqa: ANN401, PLR0911 - any of six kinds, one return for each
    match side:
        case None:
            return Reform(name=_GUIDES_OF_CALLS)
        case Reform():
            return side
        case bool():
            pass
        case int():
            found = guide_of_call(side)
            return Reform(name=found.title, guide=found)
        case Guide():
            return Reform(name=side.title, guide=side)
        case Rulebook():
            return _side_of(None).with_rulebook(side)
        case Mapping() if all(isinstance(each, Guide) for each in side.values()):
            titles = ", ".join(each.title for each in side.values())
            return Reform(name=f"{_GUIDES_OF_CALLS}, and {titles}" if titles else _GUIDES_OF_CALLS, guide=side)
        case Path():
            read = load(side)
            return Reform(name=f"{read.title} ({side.name})", guide=read)
        case str() if side.endswith(".toml"):
            return _side_of(Path(side))
        case _:
            pass
    message = (
        f"{shown(side)} is no side of a comparison; give the year of a call, a Guide, Guides by call, a rulebook, "
        "a file that ends in .toml, or a Reform"
    )
    raise InputError(message)


def differing(before: Guide, after: Guide) -> frozenset[str]:
    """The paragraphs that are not the same in all they say, how sure they are and where they are written."""
    if before is after:
        return frozenset()
    return frozenset(name for name in before.provisions if _differs(before[name], after[name]))


def _differs(before: Provision | Closed, after: Provision | Closed) -> bool:
    return before is not after and before != after


def _calls_of(*sides: Reform) -> list[int]:
    ones = [side.guide.call for side in sides if isinstance(side.guide, Guide)]
    named = [call for side in sides if isinstance(side.guide, Mapping) for call in side.guide]
    return list(dict.fromkeys(ones or named)) or [calls()[-1]]


def _both_change(one: Reform, two: Reform, what: str) -> InputError:
    return InputError(f"both {one.name} and {two.name} change {what}; keep one of the two, or write what is meant anew")


def _merged_guides(one: Reform, two: Reform) -> Guide | Mapping[int, Guide] | None:
    if one.guide is None or two.guide is None:
        return two.guide if one.guide is None else one.guide
    if isinstance(one.guide, Guide) and isinstance(two.guide, Guide):
        return _merged_guide(one, two, one.guide, two.guide)
    if isinstance(one.guide, Guide) or isinstance(two.guide, Guide):
        message = (
            f"{one.name} and {two.name} cannot go together: the Guide of one answers all rows, and the other has its "
            "own for some calls; give both by call, such as {2018: guide}"
        )
        raise InputError(message)
    merged = {**one.guide, **two.guide}
    for call in one.guide.keys() & two.guide.keys():
        merged[call] = _merged_guide(one, two, one.guide[call], two.guide[call])
    return merged


def _merged_guide(one: Reform, two: Reform, first: Guide, second: Guide) -> Guide:
    if first is second or not differing(first, second):
        return first
    if first.call != second.call or first.call not in calls():
        message = (
            f"{one.name} and {two.name} answer by two Guides, {first.title} and {second.title}; "
            "take single paragraphs from one of them with taking()"
        )
        raise InputError(message)
    shipped = guide_of_call(first.call)
    both = differing(shipped, first) & differing(shipped, second) & differing(first, second)
    if both:
        raise _both_change(one, two, f"the paragraph{'s' * (len(both) > 1)} {', '.join(sorted(both))}")
    return first.amended(**{name: second[name] for name in differing(shipped, second) - differing(shipped, first)})


# --- rulebooks -----------------------------------------------------------------------------------------------

_Item = Rule | DerivedFact | GivenFact


def items_of(rulebook: Rulebook) -> dict[str, _Item]:
    """The rules by identity, derived and given facts by name; no two of them share one."""
    items: dict[str, _Item] = {fact.name: fact for fact in rulebook.given}
    items |= {fact.name: fact for fact in rulebook.facts}
    return items | {rule.identity: rule for rule in rulebook.rules}


def _merged_rulebooks(one: Reform, two: Reform) -> Rulebook:
    first, second = one.rulebook, two.rulebook
    if second is RULEBOOK or first is second:
        return first
    if first is RULEBOOK:
        return second
    base, ours, theirs = items_of(RULEBOOK), items_of(first), items_of(second)
    merged: dict[str, _Item] = {}
    for name in dict.fromkeys([*ours, *theirs, *base]):
        old, own, other = base.get(name), ours.get(name), theirs.get(name)
        if own != old and other not in (old, own):
            raise _both_change(one, two, f"{_what(own or other or old)} {name}")
        kept = other if own == old else own
        if kept is not None:
            merged[name] = kept
    return attrs.evolve(
        first,
        given=[item for item in merged.values() if isinstance(item, GivenFact)],
        facts=[item for item in merged.values() if isinstance(item, DerivedFact)],
        rules=[item for item in merged.values() if isinstance(item, Rule)],
    )


def _what(item: _Item | None) -> str:
    return "the rule" if isinstance(item, Rule) else "the fact"


def _rules_told(before: Rulebook, after: Rulebook) -> list[str]:
    old, new = items_of(before), items_of(after)
    changes = {
        "added": [(name, item) for name, item in new.items() if name not in old],
        "removed": [(name, item) for name, item in old.items() if name not in new],
        "replaced": [(name, item) for name, item in new.items() if name in old and old[name] != item],
    }
    return [
        f"{kind.capitalize()}:\n" + "\n".join(f"  {name}: {_statement(item)}" for name, item in items)
        for kind, items in changes.items()
        if items
    ]


def _statement(item: _Item) -> str:
    if isinstance(item, Rule):
        return item.statement
    return item.words if isinstance(item, DerivedFact) else item.question


def names_behind(rulebook: Rulebook, identity: str) -> frozenset[str]:
    """Everything on which a rule rests: given and derived facts, paragraphs."""
    derived = {fact.name for fact in rulebook.facts}
    seen: set[str] = set()
    waiting = [*(item.name for item in rulebook.inputs_of(identity)), *rulebook.rule(identity).only_if]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            if name in derived:
                waiting += [item.name for item in rulebook.inputs_of(name)]
    return frozenset(seen)
