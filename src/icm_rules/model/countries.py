"""Which codes are countries: ISO 3166-1 alpha-2 and ``XK``, whatever the convention they were written in.

What the countries are called, and which code belongs to a name, is in ``country_names``.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any, NoReturn, Self, final

from icm_rules.engine.errors import InputError, shown


@functools.cache
def country_table() -> Mapping[str, Any]:
    """What ``country_codes.json`` holds: the codes, their other spellings, our names and aliases."""
    from importlib import resources  # costs more than this whole module, and is needed once

    text = resources.files("icm_rules.model").joinpath("country_codes.json").read_text(encoding="utf-8")
    table: Mapping[str, Any] = json.loads(text)
    return table


@functools.cache
def country_codes() -> frozenset[str]:
    """Every code that is a country here: the 249 of ISO 3166-1 alpha-2, and ``XK``."""
    table = country_table()
    return frozenset(code for row in table["iso_3166_1"] for code in row.split()) | {table["user_assigned"]}


@final
class Country(str):
    """A country, as its code of ISO 3166-1 alpha-2; ``XK`` is Kosovo, to which ISO gives none.

    It is a ``str`` and equals the plain code, so it can be compared with one and can be the key of a table. Lower case
    and blanks around the code are repaired, and ``EL`` and ``UK`` of the European institutions become ``GR`` and
    ``GB``. The codes of overseas territories (``GL``, ``RE``, ``AX`` ...) are countries of their own here; which
    Member State they go with is for the Guide to say.

    Raises:
        InputError: the value is no such code; where it is the name of a country the message says its code.

    >>> Country(" el ")
    Country('GR')
    >>> Country("KZ") == "KZ"
    True

    """

    __slots__ = ()

    def __new__(cls, code: str) -> Self:
        """Check and repair the ``code``; the same code always gives the same object."""
        if isinstance(code, cls):
            return code
        if not isinstance(code, str):
            _refuse_type(code)
        normal = _normal_code(code)
        return _MADE.setdefault(normal, super().__new__(cls, normal))

    def __repr__(self) -> str:
        """The code as Python would make it again: ``Country('KZ')``."""
        return f"Country({str(self)!r})"

    @property
    def name(self) -> str:
        """The English name, as it stands in a sentence: ``Kazakhstan``, ``South Korea``, ``Kosovo``."""
        from icm_rules.model.country_names import name_of  # loads pycountry, only when a name is asked

        return name_of(self)

    @property
    def words(self) -> str:
        """The country as it stands in a sentence: its name."""
        return self.name


_MADE: dict[str, Country] = {}
"""The one object of each code met; there are never more than there are countries."""


def _normal_code(text: str) -> str:
    """The code meant by ``text``; anything else is refused with a way out."""
    code = text.strip()
    if code.isascii():  # upper case turns some other letters into two plain ones: the German sharp s into "SS"
        code = code.upper()
    elsewhere: Mapping[str, str] = country_table()["from_eu_convention"]
    code = elsewhere.get(code, code)
    if code not in country_codes():
        _refuse_text(text, code)
    return code


def _refuse_text(text: str, code: str) -> NoReturn:
    """Say what is wrong with ``text``, which came out as ``code``."""
    expected = "two letters of ISO 3166-1 alpha-2, such as KZ, or XK for Kosovo"
    known_oddity = country_table()["no_country"].get(code)
    if not code:
        message = f"{shown(text)} is no country: write {expected}, or leave the country out where it is not known"
    elif known_oddity is not None:
        message = f"{shown(text)} is no country, it is {known_oddity}"
    else:
        from icm_rules.model.country_names import country_code_of  # loads pycountry, only to suggest

        suggestion = country_code_of(text)
        if suggestion is None:
            message = f"{shown(text)} is no country code: write {expected}"
        else:
            message = f"{shown(text)} is no country code: write {suggestion}"
    raise InputError(message)


def _refuse_type(value: object) -> NoReturn:
    """Say that ``value`` is no text."""
    way_out = "write two letters of ISO 3166-1 alpha-2 as text, such as 'KZ'"
    if value is None:
        message = f"None is no country: {way_out}, or leave the country out where it is not known"
    else:
        message = f"{shown(value)} is no country, it is of the type {type(value).__name__}: {way_out}"
    raise InputError(message)
