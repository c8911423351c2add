"""The Commission's public list of institutions that hold the Erasmus Charter for Higher Education, read as it is.

The list is published as a workbook, under headings that changed from year to year, with a row or two above them, and
with the dirt of spreadsheets in its cells. A row that cannot be read is told with its number and the reason, and all
others are read; nothing is guessed. What a row says is that a Charter was issued. It is no proof that the country takes
part in the Programme: Charters are issued in the Western Balkans too; see :meth:`Holder.counts_in`.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import attrs

from icm_rules.engine.errors import InputError
from icm_rules.guide import Guide
from icm_rules.guide.provisions import ProgrammeCountries
from icm_rules.model.countries import Country
from icm_rules.model.identifiers import country_of_erasmus_code, erasmus_code, oid, pic
from icm_rules.model.mobility import Institution
from icm_rules.model.terms import InstitutionKind

_HEADINGS: Mapping[str, str] = MappingProxyType(
    {
        "proposal number": "proposal_number",
        "erasmus code": "erasmus_code",
        "pic": "pic",
        "oid": "oid",
        "organisation legal name": "name",
        "legal name": "name",
        "city": "city",
        "country": "country",
        "country cd": "country",
        "webpage": "website",
        "website url": "website",
        "eche start date": "starts_on",
        "erasmus eche start": "starts_on",
        "eche end date": "ends_on",
        "erasmus eche end": "ends_on",
    }
)
"""The columns of the releases of March 2022, December 2025 and April 2026, small and with single blanks."""
_NEEDED = frozenset({"erasmus_code", "name", "country"})
_MOST_ROWS_ABOVE = 10
"""The headings stand in the first or the second row; further down nothing is looked for."""
_DATE = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")


@attrs.frozen(kw_only=True)
class Holder:
    """A row of the list: an institution that was issued a Charter."""

    row: int
    """The row of the sheet, counted from 1 as spreadsheets do."""
    institution: Institution
    proposal_number: str | None = None
    """The number of its application for the Charter, or the words ``Transitory Charter``."""
    website: str | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    remarks: tuple[str, ...] = ()
    """What in the row could not be read and was left out, or is odd."""

    def counts_in(self, guide: Guide) -> bool | None:
        """Whether the Charter counts in the call of this Guide: its holder stands in a country that takes full part.

        An overseas territory counts as its Member State does. A Charter that had ended before the year of the call, or
        that begins after it, does not count. *None* where the row tells no country, or where the Charter begins or ends
        within the year of the call: no text that was seen names the day on which it must be held.
        """
        if self._has_no_day_in(guide.call):
            return False
        country, countries = self.institution.country, guide["programme_countries"]
        if country is None or not isinstance(countries, ProgrammeCountries):
            return None
        if countries.counting_as(country, guide["overseas_territories"]) is None:
            return False
        first, last = dt.date(guide.call, 1, 1), dt.date(guide.call, 12, 31)
        is_partly = (self.starts_on or first) > first or (self.ends_on or last) < last
        return None if is_partly else True

    def _has_no_day_in(self, year: int) -> bool:
        return (self.starts_on is not None and self.starts_on.year > year) or (
            self.ends_on is not None and self.ends_on.year < year
        )


@attrs.frozen(kw_only=True)
class RefusedRow:
    """A row of the list that could not be read."""

    row: int
    message: str

    def __str__(self) -> str:
        """Row and reason on one line."""
        return f"row {self.row}: {self.message}"


@attrs.frozen(kw_only=True)
class CharterList:
    """The institutions of the list, and the rows that could not be read."""

    holders: tuple[Holder, ...]
    refused: tuple[RefusedRow, ...]

    def find(self, code: str) -> Holder | None:
        """The holder with this Erasmus code, PIC or OID; the first of them, and nothing where there is none.

        Raises:
            InputError: what is given is none of these codes.

        """
        kind, wanted = _kind_of(code)
        return next((each for each in self.holders if getattr(each.institution, kind) == wanted), None)


def _kind_of(code: str) -> tuple[str, str]:
    for kind, read in (("pic", pic), ("oid", oid), ("erasmus_code", erasmus_code)):
        try:
            wanted = read(code)
        except InputError:
            continue
        if wanted is not None:
            return kind, wanted
    message = f"{code!r} is no Erasmus code, PIC or OID; write one such as 'SI LJUBLJA01', 999923240 or E10209101"
    raise InputError(message)


# --- reading -----------------------------------------------------------------------------------------------


def read_charter_list(source: Path | str | bytes | Iterable[Sequence[object]]) -> CharterList:
    """The list of Charter holders, from a file (``.csv``, ``.xlsx``), from the text of a CSV, or from rows of cells.

    A string is the name of a file. CSV is UTF-8, its cells parted by commas, semicolons or tabs. A workbook is read by
    its first sheet, and needs the extra ``charter-list``.

    Raises:
        InputError: the file is not there or is of another kind, or no row holds the headings of the list.

    """
    return _listed(_rows(source))


def _rows(source: Path | str | bytes | Iterable[Sequence[object]]) -> Iterable[Sequence[object]]:
    if isinstance(source, bytes):
        return _rows_of_csv(source)
    if not isinstance(source, (str, Path)):
        return source
    path = Path(source)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        message = f"{path}: there is no such file; check the name and the folder"
        raise InputError(message) from None
    except OSError as error:
        message = f"{path}: this cannot be read ({error.strerror}); check the name"
        raise InputError(message) from None
    match path.suffix.lower():
        case ".xlsx" | ".xlsm":
            return _rows_of_workbook(content, path)
        case ".csv" | ".txt" | ".tsv":
            return _rows_of_csv(content)
        case other:
            message = f"{path}: {other or 'a name without an ending'} is not read here; give a .csv or an .xlsx"
            raise InputError(message)


def _rows_of_csv(content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = f"line {line} is not UTF-8; save the list in the encoding UTF-8"
        raise InputError(message) from None
    first = next((line for line in text.splitlines() if _is_heading(re.split(r"[,;\t]", line))), "")
    delimiter = max(",;\t", key=first.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _rows_of_workbook(content: bytes, path: Path) -> list[tuple[object, ...]]:
    try:
        import openpyxl
    except ModuleNotFoundError:
        message = (
            f"{path}: workbooks need openpyxl, which is not installed: pip install 'icm-rules[charter-list]'; "
            "or save the list as CSV"
        )
        raise InputError(message) from None
    import zipfile

    try:
        # The values that formulas had when the workbook was saved; not `read_only`, which trusts a size that the
        # sheets of some releases state wrongly.
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        message = f"{path}: this is no workbook that can be read ({error}); save the list as CSV"
        raise InputError(message) from None
    return list(book.worksheets[0].iter_rows(values_only=True))


def _clean(cell: object) -> str:
    """The text of a cell on one line; empty where there is none."""
    return "" if cell is None else " ".join(unicodedata.normalize("NFKC", str(cell)).split())


def _is_heading(cells: Sequence[object]) -> bool:
    return {_HEADINGS.get(_clean(cell).strip('"').lower()) for cell in cells} >= _NEEDED


def _listed(rows: Iterable[Sequence[object]]) -> CharterList:
    numbered = enumerate(rows, start=1)
    columns: dict[str, int] = {}
    for number, cells in numbered:
        if _is_heading(cells):
            names = [_HEADINGS.get(_clean(cell).lower()) for cell in cells]
            columns = {name: place for place, name in reversed(list(enumerate(names))) if name is not None}
            break
        if number >= _MOST_ROWS_ABOVE:
            break
    if not columns:
        message = (
            f"none of the first {_MOST_ROWS_ABOVE} rows holds the headings of the list of Charter holders; it needs at "
            "least columns such as Erasmus Code, Legal Name and Country Cd"
        )
        raise InputError(message)
    holders: list[Holder] = []
    refused: list[RefusedRow] = []
    seen: dict[str, int] = {}
    for number, cells in numbered:
        told = {name: cells[place] if place < len(cells) else None for name, place in columns.items()}
        if not any(_clean(cell) for cell in told.values()):
            continue
        try:
            holder = _holder(number, told)
        except InputError as refusal:
            refused.append(RefusedRow(row=number, message=str(refusal)))
            continue
        code = holder.institution.erasmus_code
        if code is not None and code in seen:
            remark = f"the code {code!r} stands in row {seen[code]} as well"
            holder = attrs.evolve(holder, remarks=(*holder.remarks, remark))
        elif code is not None:
            seen[code] = number
        holders.append(holder)
    return CharterList(holders=tuple(holders), refused=tuple(refused))


def _holder(row: int, told: Mapping[str, object]) -> Holder:
    """The holder that a row tells of.

    Raises:
        InputError: the row has no code that can be read, or no country that is one.

    """
    remarks: list[str] = []
    code = erasmus_code(_clean(told.get("erasmus_code")))
    if code is None:
        message = "the row has no Erasmus code, and every Charter is listed under one; look it up, or leave the row out"
        raise InputError(message)
    country = _country(_clean(told.get("country")))
    if country is None:
        remarks.append("the row tells no country")
    elif country != (issued_by := country_of_erasmus_code(code)):
        remarks.append(f"the code is one of {issued_by.name}, and the institution is in {country.name}")
    numbers: dict[str, str | None] = {}
    for kind, read in (("pic", pic), ("oid", oid)):
        try:
            numbers[kind] = read(_number(told.get(kind)))
        except InputError as refusal:
            remarks.append(str(refusal))
            numbers[kind] = None
    institution = Institution(
        name=_clean(told.get("name")) or None,
        country=country,
        city=_clean(told.get("city")) or None,
        kind=InstitutionKind.UNIVERSITY,
        erasmus_code=code,
        pic=numbers["pic"],
        oid=numbers["oid"],
        holds_charter=True,
    )
    return Holder(
        row=row,
        institution=institution,
        proposal_number=_clean(_number(told.get("proposal_number"))) or None,
        website=_clean(told.get("website")) or None,
        starts_on=_date(told.get("starts_on"), remarks),
        ends_on=_date(told.get("ends_on"), remarks),
        remarks=tuple(remarks),
    )


def _number(cell: object) -> str:
    """The text of a cell in which a spreadsheet may hold a number."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return _clean(cell)


def _country(text: str) -> Country | None:
    """The country of a cell: a code of either convention, or a name, with the marks of footnotes."""
    if not text:
        return None
    from icm_rules.model.country_names import country_code_of  # when the first list is read

    bare = text.rstrip("* ").strip()
    try:
        return Country(bare)
    except InputError as refusal:
        code = country_code_of(bare)
        if code is None:
            raise InputError(str(refusal)) from None
        return Country(code)


def _date(cell: object, remarks: list[str]) -> dt.date | None:
    """The day of a cell: a date of a spreadsheet, year-month-day, or day/month/year as the Commission writes it."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = _clean(cell)
    if not text:
        return None
    found = _DATE.fullmatch(text)
    try:
        if found is not None:
            return dt.date(int(found[3]), int(found[2]), int(found[1]))
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        remarks.append(f"{text!r} is no date that can be read; it was left out")
        return None
