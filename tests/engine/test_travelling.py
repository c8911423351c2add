"""Facts, rules and rulebooks on their way to another process: by the place where their functions are written."""

from __future__ import annotations

import pickle

import pytest

from icm_rules.engine.facts import NO_PRESUMPTION
from icm_rules.engine.rules import rule
from tests.engine.programme import LIBRARY


def there_and_back(thing: object) -> object:
    """The same thing as another process would have it."""
    return pickle.loads(pickle.dumps(thing))  # noqa: S301 - its own bytes


def test_a_fact_and_a_rule_arrive_as_what_their_module_holds():
    assert there_and_back(LIBRARY.facts[0]) is LIBRARY.facts[0]
    assert there_and_back(LIBRARY.rules[0]) is LIBRARY.rules[0]


def test_where_nothing_is_presumed_nothing_is_presumed_on_arrival():
    assert there_and_back(NO_PRESUMPTION) is NO_PRESUMPTION


def test_a_rulebook_is_wired_again_where_it_arrives():
    smaller = LIBRARY.without(LIBRARY.rules[-1].identity)
    arrived = there_and_back(smaller)
    assert arrived.rules == smaller.rules
    assert arrived.given == smaller.given
    assert arrived.slots == smaller.slots


def test_a_rule_that_no_module_holds_cannot_travel():
    @rule("loan.subject.aspect", due="loan")
    def it_is_so() -> None:
        """It is so."""

    sent = pickle.dumps(it_is_so)
    with pytest.raises(AttributeError):
        pickle.loads(sent)  # noqa: S301 - its own bytes
