"""The Commission's list of Charter holders, with its headings, its dirt, and what a Charter proves.

The rows are made here after those of the releases; none is copied from them.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import openpyxl
import pytest

from icm_rules import InputError, programme_guide, read_charter_list
from icm_rules.adapters.charter_list import Holder

OF_2022 = (
    "Proposal Number", "Erasmus Code", "PIC", "OID", "Organisation Legal Name", "Street", "Postal Code", "City",
    "Country", "Webpage", "ECHE Start Date", "ECHE End Date",
)  # fmt: skip
OF_2026 = (
    "Proposal number", "Erasmus Code", "PIC", "OID", "Legal Name", "Street", "Post Cd", "City", "Country Cd",
    "Website Url", "Erasmus Eche Start", "Erasmus Eche End",
)  # fmt: skip


def row(**cells: object) -> list[object]:
    """A row of the release of 2026 that can be read, with other cells."""
    usual: dict[str, object] = {
        "proposal": "101012345", "code": "SI LJUBLJA01", "pic": "999923240", "oid": "E10209101",
        "name": "Univerza v Ljubljani", "street": "Kongresni trg 12", "post": "1000", "city": "Ljubljana",
        "country": "SI", "site": "www.uni-lj.si", "start": "01/01/2021", "end": "31/12/2027",
    }  # fmt: skip
    return list((usual | cells).values())


def the_one(*rows: list[object], header: tuple[str, ...] = OF_2026) -> Holder:
    (holder,) = read_charter_list([header, *rows]).holders
    return holder


def test_a_row_becomes_an_institution() -> None:
    holder = the_one(row())
    institution = holder.institution
    assert (institution.name, institution.country, institution.city) == ("Univerza v Ljubljani", "SI", "Ljubljana")
    assert (institution.erasmus_code, institution.pic, institution.oid) == ("SI LJUBLJA01", "999923240", "E10209101")
    assert institution.holds_charter
    assert institution.kind == "university"
    assert (holder.starts_on, holder.ends_on) == (dt.date(2021, 1, 1), dt.date(2027, 12, 31))
    assert (holder.row, holder.proposal_number, holder.website) == (2, "101012345", "www.uni-lj.si")
    assert holder.remarks == ()


@pytest.mark.parametrize(
    "rows_above", [[], [[""] * 12], [["Accredited institutions"], [None] * 12]], ids=["none", "empty", "a title"]
)
@pytest.mark.parametrize("header", [OF_2022, OF_2026], ids=["2022", "2026"])
def test_the_headings_of_each_release_are_found_below_other_rows(
    rows_above: list[list[object]], header: tuple[str, ...]
) -> None:
    found = read_charter_list([*rows_above, header, row()])
    assert [each.institution.erasmus_code for each in found.holders] == ["SI LJUBLJA01"]
    assert found.holders[0].row == len(rows_above) + 2


@pytest.mark.parametrize(
    ("cells", "field", "value"),
    [
        ({"code": "SI\u00a0LJUBLJA01"}, "erasmus_code", "SI LJUBLJA01"),
        ({"code": "d  berlin01", "country": "DE"}, "erasmus_code", "D  BERLIN01"),
        ({"pic": 999923240}, "pic", "999923240"),
        ({"pic": 999923240.0}, "pic", "999923240"),
        ({"oid": "#N/A"}, "oid", None),
        ({"oid": "=VLOOKUP(C2,Sheet2!A:B,2,0)"}, "oid", None),
        ({"oid": "Not Found"}, "oid", None),
        ({"country": "Slovenia"}, "country", "SI"),
        ({"country": "Kosovo *", "code": "XK PRISTIN01"}, "country", "XK"),
        ({"country": "EL", "code": "G  ATHINE01"}, "country", "GR"),
        ({"country": "Greece", "code": "G  ATHINE01"}, "country", "GR"),
        ({"name": "  Univerza\u00a0v\n Ljubljani "}, "name", "Univerza v Ljubljani"),
    ],
)
def test_dirt_is_taken_off(cells: dict[str, object], field: str, value: object) -> None:
    assert getattr(the_one(row(**cells)).institution, field) == value


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"code": "E  TOLEDO3"}, "'E TOLEDO3' is no Erasmus code"),
        ({"code": "RSPROKUP01"}, "was 'RS PROKUP01' meant?"),
        ({"code": ""}, "the row has no Erasmus code"),
        ({"country": "Atlantis"}, "'Atlantis' is no country"),
    ],
)
def test_what_would_be_a_guess_is_refused_with_its_row(cells: dict[str, object], said: str) -> None:
    found = read_charter_list([OF_2026, row(), row(**cells)])
    assert len(found.holders) == 1
    assert found.refused[0].row == 3
    assert said in str(found.refused[0])


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"pic": "99992324"}, "'99992324' is no PIC"),
        (
            {"country": "NL", "code": "B  BRUSSEL01"},
            "the code is one of Belgium, and the institution is in Netherlands",
        ),
        ({"country": ""}, "the row tells no country"),
        ({"start": "soon"}, "'soon' is no date"),
    ],
)
def test_what_is_odd_in_a_row_is_remarked(cells: dict[str, object], said: str) -> None:
    (remark,) = the_one(row(**cells)).remarks
    assert said in remark


def test_a_code_that_stands_twice_is_remarked() -> None:
    first, second = read_charter_list([OF_2026, row(), row(name="Another")]).holders
    assert first.remarks == ()
    assert second.remarks == ("the code 'SI LJUBLJA01' stands in row 2 as well",)


def test_dates_of_spreadsheets_are_read() -> None:
    holder = the_one(row(start=dt.datetime(2021, 1, 1), end=dt.date(2027, 12, 31), proposal=101012345))  # noqa: DTZ001
    assert (holder.starts_on, holder.ends_on) == (dt.date(2021, 1, 1), dt.date(2027, 12, 31))
    assert holder.proposal_number == "101012345"
    assert the_one(row(start="2021-01-01", proposal="Transitory Charter")).starts_on == dt.date(2021, 1, 1)


class TestWhatACharterProves:
    @pytest.mark.parametrize(
        ("code", "country", "call", "counts"),
        [
            ("SI LJUBLJA01", "SI", 2024, True),
            ("AL TIRANA01", "AL", 2024, False),
            ("XK PRISTIN01", "XK", 2024, False),
            ("UK LONDON01", "UK", 2020, True),
            ("UK LONDON01", "UK", 2024, False),
            ("RS BELGRAD02", "RS", 2018, False),
            ("RS BELGRAD02", "RS", 2019, True),
            ("F  ST-DENI01", "RE", 2020, True),
            ("SI LJUBLJA01", "", 2024, None),
        ],
    )
    def test_depends_on_the_country_and_the_call(self, code: str, country: str, call: int, counts: bool | None) -> None:
        holder = the_one(row(code=code, country=country, start="01/01/2014"))
        assert holder.counts_in(programme_guide(call)) is counts

    @pytest.mark.parametrize(
        ("start", "end", "call", "counts"),
        [
            ("01/01/2028", "31/12/2030", 2024, False),
            ("01/01/2014", "31/12/2020", 2024, False),
            ("01/01/2014", "31/12/2020", 2020, True),
            ("01/01/2024", "31/12/2024", 2024, True),
            ("02/01/2024", "31/12/2027", 2024, None),
            ("01/01/2021", "30/12/2024", 2024, None),
            ("", "", 2024, True),
        ],
    )
    def test_depends_on_the_years_for_which_it_was_issued(
        self, start: str, end: str, call: int, counts: bool | None
    ) -> None:
        holder = the_one(row(start=start, end=end))
        assert holder.counts_in(programme_guide(call)) is counts
        assert (
            the_one(row(start=start, end=end, country="AL", code="AL TIRANA01")).counts_in(programme_guide(call))
            is False
        )


class TestFinding:
    FOUND = read_charter_list([OF_2026, row(), row(code="D  BERLIN01", country="DE", pic="", oid="")])

    @pytest.mark.parametrize("code", ["SI LJUBLJA01", "si ljublja01", "999923240", "E10209101"])
    def test_by_any_code(self, code: str) -> None:
        holder = self.FOUND.find(code)
        assert holder is not None
        assert holder.row == 2

    def test_nothing_where_there_is_none(self) -> None:
        assert self.FOUND.find("PL WARSZAW01") is None

    def test_refuses_what_is_no_code(self) -> None:
        with pytest.raises(InputError, match="is no Erasmus code, PIC or OID"):
            self.FOUND.find("Ljubljana")


class TestFiles:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_csv_with_any_delimiter(self, tmp_path: Path, delimiter: str) -> None:
        lines = [[""] * 12, OF_2026, row(name="Univerza, v; Ljubljani")]
        text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
        path = tmp_path / "list.csv"
        path.write_text(text, "utf-8-sig")
        (holder,) = read_charter_list(path).holders
        assert holder.institution.name == "Univerza, v; Ljubljani"
        assert read_charter_list(text.encode()) == read_charter_list(str(path))

    def test_a_workbook_by_its_first_sheet(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        for cells in ([], OF_2026, row(pic=999923240)):
            book.active.append(list(cells))
        book.create_sheet("helper").append(["x"])
        path = tmp_path / "list.xlsx"
        book.save(path)
        (holder,) = read_charter_list(path).holders
        assert (holder.row, holder.institution.pic) == (3, "999923240")

    def test_without_openpyxl_it_says_what_to_install(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = tmp_path / "list.xlsx"
        path.write_bytes(b"")
        monkeypatch.setitem(sys.modules, "openpyxl", None)
        with pytest.raises(InputError, match=r"pip install 'icm-rules\[charter-list\]'"):
            read_charter_list(path)

    @pytest.mark.parametrize(
        ("name", "content", "said"),
        [
            ("list.xlsx", b"no workbook", "this is no workbook that can be read"),
            ("list.pdf", b"", ".pdf is not read here"),
            ("list.csv", b"\xff\xfe", "line 1 is not UTF-8"),
            ("list.csv", b"a,b\n1,2\n", "none of the first 10 rows holds the headings"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, tmp_path: Path, name: str, content: bytes, said: str) -> None:
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(InputError, match=said):
            read_charter_list(path)

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="there is no such file"):
            read_charter_list(tmp_path / "none.csv")
