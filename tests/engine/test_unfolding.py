"""Records whose fields are found when they are read: nobody can tell them from records made of their fields."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from types import MappingProxyType

import attrs
import pytest

from icm_rules.engine.unfolding import Unfolding


@attrs.frozen(kw_only=True, slots=False)
class Telescope(Unfolding):
    """A telescope of the Lunar Library."""

    lens: str
    craters: Mapping[str, int] = attrs.field(factory=dict)
    note: str = "none"


READ: list[str] = []


def found(name: str, value: object):
    """Finds the value, and writes down that it was looked for."""

    def find(source: str) -> object:
        READ.append(name)
        return f"{source} {value}" if isinstance(value, str) else value

    return find


FINDERS = {"lens": found("lens", "lens"), "craters": found("craters", MappingProxyType({"Tycho": 1}))}


def unfolding() -> Telescope:
    """A telescope of which nothing was read yet, but for its note."""
    READ.clear()
    return Telescope.unfolding(FINDERS, "long", {"note": "old"})


MADE = Telescope(lens="long lens", craters=MappingProxyType({"Tycho": 1}), note="old")


class TestUnfolding:
    """One record, made both ways."""

    def test_a_field_is_found_once_when_it_is_read(self):
        """What is known is not looked for, and what is not read neither."""
        telescope = unfolding()
        assert telescope.note == "old"
        assert READ == []
        assert (telescope.lens, telescope.lens) == ("long lens", "long lens")
        assert READ == ["lens"]

    def test_it_is_equal_to_one_made_of_its_fields_and_shows_the_same(self):
        """In both directions, read or not."""
        assert unfolding() == MADE
        assert unfolding() == MADE
        assert repr(unfolding()) == repr(MADE)
        assert attrs.evolve(unfolding(), note="new") == attrs.evolve(MADE, note="new")
        assert unfolding() != attrs.evolve(MADE, lens="short lens")

    def test_it_is_frozen(self):
        """Fields cannot be set, whether they were read or not."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            unfolding().lens = "other"

    def test_it_has_no_other_attributes(self):
        """The message is the one of Python."""
        for telescope in (unfolding(), MADE):
            with pytest.raises(AttributeError, match="'Telescope' object has no attribute 'mirror'"):
                _ = telescope.mirror

    @pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301 - our own bytes
    def test_it_can_be_copied_and_pickled(self, again):
        """The copy holds every field, mappings as ones that cannot be changed, and no source."""
        for telescope in (unfolding(), MADE):
            other = again(telescope)
            assert other == MADE
            assert set(vars(other)) == {"lens", "craters", "note"}
            with pytest.raises(TypeError):
                other.craters["Plato"] = 2
