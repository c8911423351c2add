"""Which codes of languages there are, by ISO 639 as pycountry holds it.

Importing this module loads pycountry, so it is imported only when a language is told.
"""

from __future__ import annotations

import functools

import pycountry


@functools.cache
def is_language(code: str) -> bool:
    """Whether ISO 639 has this code of two or three small letters.

    >>> is_language("en"), is_language("zz")
    (True, False)

    """
    found = pycountry.languages.get(**{f"alpha_{len(code)}": code})
    return found is not None or (len(code) == _LONG and pycountry.languages.get(bibliographic=code) is not None)


_LONG = 3
