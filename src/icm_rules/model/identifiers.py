"""What the identifiers of institutions, projects and academic years look like, and how dirty ones are made clean.

Each function gives the one normal form, or refuses with a sentence. What is unambiguous dirt of spreadsheets and
documents (no-break spaces, long dashes, lower case, lost padding) is repaired; what would be a guess is not. Whether an
institution of this identifier exists is not asked here.
"""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Final

import attrs

from icm_rules.engine.errors import InputError, shown
from icm_rules.model.countries import Country, country_codes

_DASHES: Final = dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")
_WORDS_FOR_MISSING: Final = frozenset(
    {"", "not found", "#n/a", "#ref!", "#value!", "#name?", "#null!", "#div/0!", "#num!"}
)
"""What cells without a value hold; lists of the European Commission hold the first three."""

_PREFIX_WIDTH: Final = 3
_ERASMUS_CODE_WIDTH: Final = 15
_ERASMUS_CODE_BODY: Final = re.compile(r"[A-Z][A-Z-]*[A-Z][0-9]{2,3}")
_ERASMUS_CODE_BODY_ONE_DIGIT: Final = re.compile(r"[A-Z][A-Z-]*[A-Z][0-9]")
_PIC: Final = re.compile(r"([0-9]{9})(?:\.0+)?")
_OID: Final = re.compile(r"E[0-9]{8}")
_SCHAC: Final = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_PROJECT_UNTIL_2020: Final = re.compile(
    r"(?P<call>20(?:1[4-9]|20))-(?P<round>[1-3])-(?P<agency>[A-Z]{2}[0-9]{2})-(?P<action>KA[0-9]{3})"
    r"-(?P<number>[0-9]{6})"
)
_PROJECT_FROM_2021: Final = re.compile(
    r"(?P<call>20(?:2[1-9]|3[0-9]))-(?P<round>[1-3])-(?P<agency>[A-Z]{2}[0-9]{2})-(?P<action>KA[0-9]{3})"
    r"-(?P<field>[A-Z]{3})-(?P<number>[0-9]{9})"
)
_BLENDED_PROGRAMME: Final = re.compile(rf"(?P<project>{_PROJECT_FROM_2021.pattern})-[0-9]+")
_MOBILITY_NUMBER: Final = re.compile(r"20[0-9]{2}-[A-Z]{5}-[0-9]{4}-KA[0-9]{3}-[A-Z]{3}-[0-9]{9}")
_PROJECT_WITHOUT_ROUND: Final = re.compile(r"20[0-9]{2}-[A-Z]{2}[0-9]{2}-KA[0-9]{3}-.*")
_ACADEMIC_YEAR: Final = re.compile(r"([0-9]{4}) ?([/-]) ?([0-9]{4}|[0-9]{2})")
_LARGEST_WRITTEN_PLAINLY: Final = 1e15
"""From about here Python writes numbers with an exponent."""
_LAST_MONTH: Final = 12
_LAST_YEAR: Final = 9999


def erasmus_code(value: str | None) -> str | None:
    """The Erasmus code of an institution: prefix padded to three characters, letters and hyphens, two or three digits.

    Nothing where the value is missing (``None``, an empty text, ``#N/A``, ``Not Found``, a spreadsheet formula).
    No-break spaces, case, padding and blanks inside are repaired. A single digit at the end and a missing blank after
    the prefix occur in the lists of the European Commission; they are refused, since the right code would be a guess.

    Raises:
        InputError: the value is no Erasmus code, or its prefix is none with which charters are issued.

    >>> erasmus_code("d berlin01")
    'D  BERLIN01'

    """
    text = _clean(value, "Erasmus code", "such as 'D  BERLIN01'")
    if text is None:
        return None
    given = shown(value)
    code = text.upper()
    prefix, body = _prefix_and_body(code)
    if prefix not in _charter_countries():
        raise InputError(_about_prefix(given, prefix, body))
    normal = prefix.ljust(_PREFIX_WIDTH) + body
    if not _ERASMUS_CODE_BODY.fullmatch(body):
        raise InputError(_about_body(given, body))
    if len(normal) > _ERASMUS_CODE_WIDTH:
        message = (
            f"{given} is no Erasmus code: it has {len(normal)} characters and the longest have {_ERASMUS_CODE_WIDTH}; "
            "check it against the Commission's list of charter holders"
        )
        raise InputError(message)
    return normal


def country_of_erasmus_code(code: str) -> Country:
    """The country that issued this Erasmus code.

    It proves less than it seems to. Whether the country is associated to the Programme does not follow: codes are
    issued in the Western Balkans too. Nor does it say where the institution stands: overseas territories have the
    codes of their Member State. Eligibility is never derived from it.

    Raises:
        InputError: the value is no Erasmus code, or missing.

    >>> country_of_erasmus_code("G  ATHINE01")
    Country('GR')

    """
    normal = erasmus_code(code)
    if normal is None:
        message = f"{shown(code)} holds no Erasmus code: give one such as 'D  BERLIN01' to ask which country issued it"
        raise InputError(message)
    return _charter_countries()[normal[:_PREFIX_WIDTH].strip()]


def pic(value: str | float | None) -> str | None:
    """The Participant Identification Code of an organisation: nine digits, as text.

    Nothing where the value is missing (as for ``erasmus_code``, and *not a number*). Spreadsheets give it as a number,
    and with blanks between the thousands; both are repaired. No check digit is published.

    Raises:
        InputError: the value is not nine digits.

    >>> pic(999660855.0)
    '999660855'

    """
    expected = "nine digits, such as 999660855"
    given = shown(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _LARGEST_WRITTEN_PLAINLY:
        value = str(value)
    text = _clean(value, "PIC", expected)
    if text is None:
        return None
    found = _PIC.fullmatch(text.replace(" ", ""))
    if found is None:
        hint = "this is an OID, give it as such" if _OID.fullmatch(text.upper()) else "check it in the register"
        message = f"{given} is no PIC: {expected}, are expected; {hint}"
        raise InputError(message)
    return found[1]


def oid(value: str | None) -> str | None:
    """The Organisation ID of an organisation: ``E`` and eight digits.

    Nothing where the value is missing, as for ``erasmus_code``. Case is repaired. No check digit is published.

    Raises:
        InputError: the value is no ``E`` with eight digits.

    >>> oid("e10208308")
    'E10208308'

    """
    expected = "E and eight digits, such as E10208308"
    text = _clean(value, "OID", expected)
    if text is None:
        return None
    code = text.upper()
    if not _OID.fullmatch(code):
        hint = "check it in the Organisation Registration System"
        if _OID.fullmatch(f"E{code}"):
            hint = f"was E{code} meant?"
        elif _PIC.fullmatch(code):
            hint = "this is a PIC, give it as such"
        message = f"{shown(value)} is no OID: {expected}, are expected; {hint}"
        raise InputError(message)
    return code


def schac(value: str | None) -> str | None:
    """The SCHAC code of an institution, which is its HEI ID in Erasmus Without Paper: a domain name in lower case.

    Nothing where the value is missing, as for ``erasmus_code``. Case is repaired.

    Raises:
        InputError: the value is no domain name; where it is a web or mail address the message says which name is in it.

    >>> schac("UW.edu.pl")
    'uw.edu.pl'

    """
    expected = "a domain name such as uw.edu.pl"
    text = _clean(value, "SCHAC code", expected)
    if text is None:
        return None
    code = text.lower()
    if not _SCHAC.fullmatch(code):
        inside = re.sub(r"^([a-z]+://)?(www\.)?([^/@]*@)?", "", code).split("/")[0]
        hint = f"write {inside}" if _SCHAC.fullmatch(inside) else "give the name without address, path or blanks"
        message = f"{shown(value)} is no SCHAC code: {expected} is expected; {hint}"
        raise InputError(message)
    return code


@attrs.frozen(kw_only=True)
class ProjectNumber:
    """The number of a project granted by a National Agency, in its parts; ``project_number`` makes one from text."""

    call: int
    """The year of the call."""
    round: int
    """The round of the call: 1, 2 or 3."""
    agency: str
    """The National Agency: the country in the convention of the European institutions, and two digits: ``EL01``."""
    action: str
    """The action: ``KA107``, ``KA171`` ..."""
    field: str | None = None
    """The field of education, from 2021 on: ``HED`` ..."""
    number: str
    """The number within all this: six digits until 2020, nine from 2021 on."""
    text: str
    """The whole number in its normal form."""

    @property
    def agency_country(self) -> Country:
        """The country of the National Agency."""
        return Country(self.agency[:2])

    def __str__(self) -> str:
        """The whole number in its normal form."""
        return self.text


def project_number(value: str | ProjectNumber) -> ProjectNumber:
    """The number of a project, taken apart: ``2017-1-PL01-KA107-037079`` or ``2023-1-ES01-KA171-HED-000141833``.

    Case, blanks and long dashes are repaired. A value that is already taken apart is given back as it is.

    Raises:
        InputError: the value is no such number, or its agency is in no country. The number of a mobility or of a
            blended intensive programme is no project number; the message says so.

    >>> project_number("2017-1-PL01-KA107-037079").agency_country
    Country('PL')

    """
    if isinstance(value, ProjectNumber):
        return value
    expected = "2017-1-PL01-KA107-037079 (calls until 2020) or 2023-1-ES01-KA171-HED-000141833 (calls from 2021)"
    text = _clean(value, "project number", expected)
    if text is None:
        message = f"{shown(value)} holds no project number: leave it out where it is not known, or write {expected}"
        raise InputError(message)
    code = re.sub(r" ?- ?", "-", text.upper())
    found = _PROJECT_UNTIL_2020.fullmatch(code) or _PROJECT_FROM_2021.fullmatch(code)
    if found is None:
        message = f"{shown(value)} is no project number: {_about_project(code, expected)}"
        raise InputError(message)
    parts = found.groupdict()
    number = ProjectNumber(
        call=int(parts["call"]),
        round=int(parts["round"]),
        agency=parts["agency"],
        action=parts["action"],
        field=parts.get("field"),
        number=parts["number"],
        text=code,
    )
    try:
        _ = number.agency_country
    except InputError as error:
        message = f"{shown(value)} is no project number: the agency {number.agency} is in no country: {error}"
        raise InputError(message) from None
    return number


@attrs.frozen(order=True)
class AcademicYear:
    """An academic year, by the calendar years it begins and ends in; ordered by time.

    Both are the same where the academic year is the calendar year, as in much of the southern hemisphere.
    ``academic_year`` makes one from text.

    Raises:
        InputError: the second year is neither the first nor the one after it, or a year has not four digits.

    """

    first: int
    last: int

    def __attrs_post_init__(self) -> None:
        """Refuse a year that cannot be."""
        if self.last - self.first not in {0, 1} or not 0 <= self.first <= self.last <= _LAST_YEAR:
            message = (
                f"{shown(self.first)} and {shown(self.last)} make no academic year: "
                "the second is the first or the one after it, each of four digits, such as 2018 and 2019"
            )
            raise InputError(message)

    def __str__(self) -> str:
        """The form of Erasmus Without Paper: ``2018/2019``."""
        return f"{self.first:04d}/{self.last:04d}"


def academic_year(value: str | AcademicYear) -> AcademicYear:
    """The academic year written as ``2018/2019``; ``2018-2019``, ``2018/19`` and ``2018-19`` are repaired.

    With a hyphen and a second part that could be a month (``2011-12``) nothing is guessed. A value that is an academic
    year already is given back as it is.

    Raises:
        InputError: the value is no academic year.

    >>> str(academic_year("2018/19"))
    '2018/2019'

    """
    if isinstance(value, AcademicYear):
        return value
    expected = "two years with a slash, such as 2018/2019, the second being the first or the one after it"
    text = _clean(value, "academic year", expected)
    if text is None:
        message = f"{shown(value)} holds no academic year: leave it out where it is not known, or write {expected}"
        raise InputError(message)
    found = _ACADEMIC_YEAR.fullmatch(text)
    if found is not None:
        first, separator, end = int(found[1]), found[2], found[3]
        could_be_month = separator == "-" and len(end) < len(found[1]) and int(end) <= _LAST_MONTH
        for last in (first, first + 1):
            if f"{last:04d}".endswith(end) and last <= _LAST_YEAR and not could_be_month:
                return AcademicYear(first, last)
    message = f"{shown(value)} is no academic year: write {expected}"
    raise InputError(message)


@functools.cache
def _charter_countries() -> Mapping[str, Country]:
    """The countries that issue Erasmus codes, by their prefix without padding."""
    from importlib import resources  # needed once, when the first code is met

    text = resources.files("icm_rules.model").joinpath("erasmus_code_prefixes.json").read_text(encoding="utf-8")
    return {prefix: Country(code) for prefix, code in json.loads(text)["prefixes"].items()}


def _clean(value: object, kind: str, expected: str) -> str | None:
    """The text without the dirt of spreadsheets and documents, or nothing where it stands for a missing value.

    Dirt are compatibility characters such as no-break spaces, long dashes, and blanks at the ends or repeated.
    """
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 -- a table's missing value
        return None
    if not isinstance(value, str):
        message = f"{shown(value)} is no {kind}, it is of the type {type(value).__name__}: write text, {expected}"
        raise InputError(message)
    text = " ".join(unicodedata.normalize("NFKC", value).translate(_DASHES).split())
    if text.startswith("=") or text.lower() in _WORDS_FOR_MISSING:
        return None
    return text


def _prefix_and_body(code: str) -> tuple[str, str]:
    """The country prefix of an Erasmus code and the rest, without blanks; no prefix where none is set apart.

    Prefixes of three letters need no blank after them, so they are also found at the beginning of a longer word.
    """
    head, _, rest = code.partition(" ")
    rest = rest.replace(" ", "")
    if head.isalpha() and rest and not rest.isdigit():
        return head, rest
    if head in _charter_countries():
        return head, rest
    head += rest
    if head[:_PREFIX_WIDTH] in _charter_countries():
        return head[:_PREFIX_WIDTH], head[_PREFIX_WIDTH:]
    return "", head


def _about_prefix(given: str, prefix: str, body: str) -> str:
    """The sentence on an Erasmus code whose prefix is missing or is none of a charter."""
    countries = _charter_countries()
    if not prefix:
        meant = [
            repr(known.ljust(_PREFIX_WIDTH) + body.removeprefix(known))
            for known in countries
            if body.startswith(known) and _ERASMUS_CODE_BODY.fullmatch(body.removeprefix(known))
        ]
        way_out = f"was {' or '.join(meant)} meant?" if meant else "write it as in 'D  BERLIN01' or 'PL WARSZAW01'"
        return f"{given} is no Erasmus code: the country prefix is not set apart; {way_out}"
    meant = [known for known, country in countries.items() if country == _country_or_nothing(prefix)]
    if meant:
        known = meant[0]
        normal = known.ljust(_PREFIX_WIDTH) + body
        way_out = f"{Country(prefix).name} has {known}"
        if _ERASMUS_CODE_BODY.fullmatch(body):
            way_out += f", so write {normal!r}"
    elif prefix in country_codes():
        way_out = "institutions there usually have no such code: leave it out, and give a PIC or an OID"
    else:
        way_out = f"the prefixes are {', '.join(countries)}"
    return f"{given} is no Erasmus code: {shown(prefix)} is no prefix of a charter; {way_out}"


def _country_or_nothing(code: str) -> Country | None:
    """The country of a code in either convention, or nothing."""
    try:
        return Country(code)
    except InputError:
        return None


def _about_body(given: str, body: str) -> str:
    """The sentence on an Erasmus code whose part after the prefix is wrong."""
    if _ERASMUS_CODE_BODY_ONE_DIGIT.fullmatch(body):
        return (
            f"{given} is no Erasmus code: it ends in one digit where two or three are expected; "
            "the Commission's list of charter holders shows the right code"
        )
    return (
        f"{given} is no Erasmus code: after the prefix, letters and hyphens and then two or three digits are expected, "
        "as in 'D  BERLIN01'; check it against the Commission's list of charter holders"
    )


def _about_project(code: str, expected: str) -> str:
    """What is wrong with ``code``, and what to write instead."""
    programme = _BLENDED_PROGRAMME.fullmatch(code)
    if programme is not None:
        return f"it is the number of a blended intensive programme; its project is {programme['project']}"
    if _MOBILITY_NUMBER.fullmatch(code):
        return "it is the number of one mobility; write the number of the project, as the grant agreement shows it"
    if _PROJECT_WITHOUT_ROUND.fullmatch(code):
        return f"the round (1, 2 or 3) is missing between the year and the agency; expected is {expected}"
    return f"expected is {expected}"
