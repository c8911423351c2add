"""What countries are called, and which code belongs to a name: the only place that asks pycountry for countries.

Importing this module loads pycountry, so it is imported only when a name is asked for.
"""

from __future__ import annotations

import functools

import pycountry

from icm_rules.model.countries import country_table


def name_of(code: str) -> str:
    """The English name of the country with this code of ours, as it stands in a sentence."""
    own: str | None = country_table()["names"].get(code)
    if own is not None:
        return own
    name: str = pycountry.countries.lookup(code).name
    return name


def country_code_of(name: str) -> str | None:
    """The code of the country called ``name``, or nothing where no country is called exactly that.

    Takes English names, short or official, in any case, and the codes of two letters, three letters or three digits.
    Nothing is guessed: the approximate search of pycountry finds Serbia for Kosovo.

    >>> country_code_of("Ivory Coast")
    'CI'

    """
    wanted = _comparable(name)
    own = _own_names().get(wanted)
    if own is not None:
        return own
    try:
        code: str = pycountry.countries.lookup(wanted).alpha_2
    except LookupError:
        return None
    return code


@functools.cache
def _own_names() -> dict[str, str]:
    """The codes by the names pycountry does not know, or knows otherwise."""
    table = country_table()
    ours = {_comparable(name): code for code, name in table["names"].items()}
    aliases = {_comparable(alias): code for alias, code in table["aliases"].items()}
    spelt_otherwise = {_comparable(other): code for other, code in table["from_eu_convention"].items()}
    return {"xk": "XK", **spelt_otherwise, **ours, **aliases}


def _comparable(name: str) -> str:
    """The name without differences of case and of blanks."""
    return " ".join(name.lower().split())
