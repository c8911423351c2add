"""Identifiers: what is accepted, what is repaired, what is refused with which way out."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine.errors import InputError
from icm_rules.model.countries import Country
from icm_rules.model.identifiers import (
    AcademicYear,
    ProjectNumber,
    academic_year,
    country_of_erasmus_code,
    erasmus_code,
    oid,
    pic,
    project_number,
    schac,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_ERASMUS_CODE = re.compile(r"^(IRL|LUX|[A-Z]{2} |[A-Z] {2})[A-Z][A-Z-]*[A-Z]\d{2,3}$", re.ASCII)
_PREFIXES = [
    "A",
    "AL",
    "B",
    "BA",
    "BG",
    "CY",
    "CZ",
    "D",
    "DK",
    "E",
    "EE",
    "F",
    "G",
    "HR",
    "HU",
    "I",
    "IRL",
    "IS",
    "LI",
    "LT",
    "LUX",
    "LV",
    "ME",
    "MK",
    "MT",
    "N",
    "NL",
    "P",
    "PL",
    "RO",
    "RS",
    "S",
    "SF",
    "SI",
    "SK",
    "TR",
    "UK",
    "XK",
]
_NO_PREFIXES = ["SCO", "IRLK", "GR", "GB", "IE", "FI", "AT", "DE", "ES", "FR", "IT", "NO", "PT", "SE", "LU"]
_MISSING = [None, "", "  ", "\u00a0", "#N/A", "#n/a", "Not Found", "not found ", "=VLOOKUP(A2;B:C;2;0)", float("nan")]
_normalisers = pytest.mark.parametrize(
    "normal", [erasmus_code, pic, oid, schac], ids=lambda function: function.__name__
)
_readers = pytest.mark.parametrize(
    "read", [erasmus_code, pic, oid, schac, project_number, academic_year], ids=lambda function: function.__name__
)

_dirt = st.sampled_from(["", " ", "\u00a0", "\t", "\u2003"])
_erasmus_codes = st.builds(
    lambda prefix, body: prefix.ljust(3) + body,
    st.sampled_from(_PREFIXES),
    st.from_regex(r"[A-Z][A-Z-]{0,8}[A-Z][0-9]{2}", fullmatch=True),
)


class TestEveryIdentifier:
    """What holds for all of them."""

    @_normalisers
    @pytest.mark.parametrize("value", _MISSING, ids=repr)
    def test_cells_without_a_value_are_missing(self, normal: Callable[[object], object], value: object) -> None:
        """Empty cells, errors and formulas of spreadsheets, and what lists write for missing, give nothing."""
        assert normal(value) is None

    @_readers
    @given(text=st.text())
    def test_text_is_read_or_refused(self, read: Callable[[str], object], text: str) -> None:
        """Any text gives a value or an InputError, nothing else; what was read reads as itself."""
        try:
            value = read(text)
        except InputError:
            return
        assert value is None or read(str(value)) == value

    @_readers
    @pytest.mark.parametrize("value", [True, [1], {}, b"x", 1e300, float("inf"), pytest.param(10**5000, id="huge")])
    def test_other_types_are_refused(self, read: Callable[[object], object], value: object) -> None:
        """A value that is neither text nor a plain number is refused with its type."""
        with pytest.raises(InputError, match=f"it is of the type {type(value).__name__}: write text"):
            read(value)


class TestErasmusCode:
    """The code of an institution that holds a charter."""

    @pytest.mark.parametrize(
        "code",
        [
            "D  BERLIN01",
            "PL WARSZAW01",
            "IRLDUBLIN01",
            "LUXLUX-VIL01",
            "SF HELSINK01",
            "E  MADRID03",
            "A  ST-POLT03",
            "F  PARIS063",
            "XK PRISTIN01",
        ],
    )
    def test_codes_in_normal_form_stay(self, code: str) -> None:
        """Codes as the Commission writes them are left as they are."""
        assert erasmus_code(code) == code

    @pytest.mark.parametrize(
        ("written", "code"),
        [
            ("D\u00a0 BERLIN01", "D  BERLIN01"),
            ("D\u00a0\u00a0BERLIN01", "D  BERLIN01"),
            ("d berlin01", "D  BERLIN01"),
            ("N Oslo01", "N  OSLO01"),
            ("E SEVILLA73", "E  SEVILLA73"),
            ("CZ  PRAHA28", "CZ PRAHA28"),
            ("F  PARIS 063", "F  PARIS063"),
            ("DK FREDERICIA 01", "DK FREDERICIA01"),
            ("IRL DUBLIN01", "IRLDUBLIN01"),
            ("irldublin 01", "IRLDUBLIN01"),
            ("LUX LUX\u2011VIL01", "LUXLUX-VIL01"),
            ("\uff24 BERLIN\uff10\uff11\n", "D  BERLIN01"),
        ],
    )
    def test_dirt_is_repaired(self, written: str, code: str) -> None:
        """No-break spaces, case, padding, inner blanks, long dashes and wide letters are repaired."""
        assert erasmus_code(written) == code

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ("E  TOLEDO3", "ends in one digit where two or three are expected"),
            ("F  VERDUN1", "ends in one digit where two or three are expected"),
            ("RSPROKUP01", "the country prefix is not set apart; was 'RS PROKUP01' meant"),
            ("DKAALBORG01", "was 'D  KAALBORG01' or 'DK AALBORG01' meant"),
            ("BERLIN", "the country prefix is not set apart; write it as in 'D  BERLIN01'"),
            ("DE BERLIN01", "'DE' is no prefix of a charter; Germany has D, so write 'D  BERLIN01'"),
            ("DE BERLIN01X", "'DE' is no prefix of a charter; Germany has D$"),
            ("EL ATHINE01", "Greece has G, so write 'G  ATHINE01'"),
            ("GB LONDON01", "United Kingdom has UK, so write 'UK LONDON01'"),
            ("KZ ALMATY01", "'KZ' is no prefix of a charter; institutions there usually have no such code"),
            ("SCO EDINBUR01", "'SCO' is no prefix of a charter; the prefixes are A, AL, .* XK$"),
            ("D  01", "after the prefix, letters and hyphens and then two or three digits are expected"),
            ("D", "after the prefix, letters and hyphens and then two or three digits are expected"),
            ("D  M\u00fcNCHEN01", "after the prefix, letters and hyphens"),
            ("D  BERLIN0123", "after the prefix, letters and hyphens"),
            ("D  BERLIN\u0660\u0661", "after the prefix, letters and hyphens"),
        ],
    )
    def test_what_would_be_a_guess_is_refused(self, written: str, said: str) -> None:
        """One digit, a missing separator, a wrong prefix or a wrong shape is refused with the value and a way out."""
        with pytest.raises(InputError, match=said) as refusal:
            erasmus_code(written)
        assert repr(written) in str(refusal.value)

    def test_fifteen_characters_are_the_most(self) -> None:
        """A code of fifteen characters is accepted, one of sixteen refused."""
        assert erasmus_code("DK FREDERICIA01") == "DK FREDERICIA01"
        with pytest.raises(InputError, match="it has 16 characters and the longest have 15"):
            erasmus_code("DK FREDERICIAA01")

    @pytest.mark.parametrize("prefix", _NO_PREFIXES)
    def test_prefixes_found_in_no_list_are_refused(self, prefix: str) -> None:
        """Codes of countries that are no charter prefix are refused, though they have the shape."""
        with pytest.raises(InputError, match=f"'{prefix}' is no prefix of a charter"):
            erasmus_code(f"{prefix} SOMEWHE01")

    @given(_erasmus_codes, _dirt, _dirt, st.booleans())
    def test_every_code_survives_dirt(self, code: str, before: str, inside: str, lower: bool) -> None:
        """Every code of a charter prefix is its own normal form, and is found again under blanks and lower case."""
        assert _ERASMUS_CODE.match(code)
        assert erasmus_code(code) == code
        dirty = before + code[:3] + inside + code[3:] + before
        assert erasmus_code(dirty.lower() if lower else dirty) == code


class TestCountryOfErasmusCode:
    """Which country issued a code."""

    @pytest.mark.parametrize(
        ("code", "country"),
        [
            ("D  BERLIN01", "DE"),
            ("IRLDUBLIN01", "IE"),
            ("G  ATHINE01", "GR"),
            ("SF HELSINK01", "FI"),
            ("uk london01", "GB"),
            ("XK PRISTIN01", "XK"),
        ],
    )
    def test_the_prefix_tells_who_issued_it(self, code: str, country: str) -> None:
        """The prefix leads to the country, in our convention."""
        assert country_of_erasmus_code(code) is Country(country)

    @given(_erasmus_codes)
    def test_every_code_was_issued_somewhere(self, code: str) -> None:
        """Every accepted code has a country."""
        assert isinstance(country_of_erasmus_code(code), Country)

    def test_a_missing_code_has_no_country(self) -> None:
        """Nothing is answered about a code that is not there."""
        with pytest.raises(InputError, match="'#N/A' holds no Erasmus code: give one such as"):
            country_of_erasmus_code("#N/A")


class TestPic:
    """The Participant Identification Code."""

    @pytest.mark.parametrize(
        ("written", "code"),
        [
            ("999660855", "999660855"),
            ("948821603", "948821603"),
            (999660855, "999660855"),
            (999660855.0, "999660855"),
            ("999660855.0", "999660855"),
            (" 999\u00a0660\u00a0855 ", "999660855"),
        ],
    )
    def test_nine_digits_as_text_or_number(self, written: str | float, code: str) -> None:
        """Nine digits are a PIC, also as the number a spreadsheet makes of them."""
        assert pic(written) == code

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ("99966085", "^'99966085' is no PIC: nine digits, .* check it in the register"),
            (99966085, "^99966085 is no PIC: nine digits"),
            (9996608550, "^9996608550 is no PIC: nine digits"),
            (999660855.5, r"^999660855\.5 is no PIC: nine digits"),
            (-999660855, "^-999660855 is no PIC: nine digits"),
            ("E10208308", "this is an OID, give it as such"),
            ("999660855.5", "nine digits"),
            ("\u0669" * 9, "nine digits"),
        ],
    )
    def test_anything_else_is_refused(self, written: str | float, said: str) -> None:
        """Other numbers and texts are refused as they were given."""
        with pytest.raises(InputError, match=said):
            pic(written)

    @given(st.integers(100_000_000, 999_999_999))
    def test_number_and_text_agree(self, number: int) -> None:
        """A whole number, its decimal form and its text are the same PIC."""
        assert pic(number) == pic(float(number)) == pic(str(number)) == str(number)


class TestOid:
    """The Organisation ID."""

    @pytest.mark.parametrize(
        ("written", "code"),
        [("E10208308", "E10208308"), ("E10054064", "E10054064"), (" e10208308\u00a0", "E10208308")],
    )
    def test_e_and_eight_digits(self, written: str, code: str) -> None:
        """E and eight digits are an OID, in any case."""
        assert oid(written) == code

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ("e1020830", "check it in the Organisation Registration System"),
            ("10208308", "was E10208308 meant"),
            ("999660855", "this is a PIC, give it as such"),
            ("E102083081", "E and eight digits"),
        ],
    )
    def test_anything_else_is_refused(self, written: str, said: str) -> None:
        """Other text is refused; what looks like another identifier is named."""
        with pytest.raises(InputError, match=said):
            oid(written)


class TestSchac:
    """The SCHAC code, the HEI ID of Erasmus Without Paper."""

    @pytest.mark.parametrize(
        ("written", "code"),
        [
            ("uw.edu.pl", "uw.edu.pl"),
            ("uu.se", "uu.se"),
            ("validator-hei01.developers.erasmuswithoutpaper.eu", "validator-hei01.developers.erasmuswithoutpaper.eu"),
            (" UW.edu.PL ", "uw.edu.pl"),
        ],
    )
    def test_domain_names_in_lower_case(self, written: str, code: str) -> None:
        """A domain name is a SCHAC code; case and blanks are repaired."""
        assert schac(written) == code

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ("http://uw.edu.pl", "write uw.edu.pl$"),
            ("https://www.uw.edu.pl/en/index.html", "write uw.edu.pl$"),
            ("international@uw.edu.pl", "write uw.edu.pl$"),
            ("uw", "give the name without address, path or blanks"),
            ("uw edu.pl", "give the name without address, path or blanks"),
            ("-uw.edu.pl", "a domain name such as uw.edu.pl is expected"),
            ("uw.edu.pl.", "a domain name such as uw.edu.pl is expected"),
            (f"{'a' * 64}.pl", "a domain name such as uw.edu.pl is expected"),
            (f"{'a.' * 126}pl", "a domain name such as uw.edu.pl is expected"),
        ],
    )
    def test_anything_else_is_refused(self, written: str, said: str) -> None:
        """Addresses and single words are refused; the name inside an address is shown."""
        with pytest.raises(InputError, match=said):
            schac(written)


class TestProjectNumber:
    """The number of a project."""

    @pytest.mark.parametrize(
        ("text", "call", "agency", "action", "field", "number"),
        [
            ("2017-1-PL01-KA107-037079", 2017, "PL01", "KA107", None, "037079"),
            ("2018-1-PL01-KA103-051716", 2018, "PL01", "KA103", None, "051716"),
            ("2019-1-AT01-KA102-050670", 2019, "AT01", "KA102", None, "050670"),
            ("2021-1-RO01-KA131-HED-000002719", 2021, "RO01", "KA131", "HED", "000002719"),
            ("2023-1-ES01-KA171-HED-000141833", 2023, "ES01", "KA171", "HED", "000141833"),
        ],
    )
    def test_published_numbers_come_apart(
        self, text: str, call: int, agency: str, action: str, field: str | None, number: str
    ) -> None:
        """Published numbers of both periods come apart into call, round, agency, action, field and number."""
        expected = ProjectNumber(
            call=call, round=1, agency=agency, action=action, field=field, number=number, text=text
        )
        assert project_number(text) == expected
        assert str(project_number(text)) == text
        assert project_number(expected) is expected

    @pytest.mark.parametrize(
        "written",
        [
            " 2017-1-pl01-ka107-037079 ",
            "2017\u20131\u2013PL01\u2013KA107\u2013037079",
            "2017 - 1 - PL01 - KA107 - 037079",
        ],
    )
    def test_dirt_is_repaired(self, written: str) -> None:
        """Case, blanks and long dashes are repaired."""
        assert project_number(written).text == "2017-1-PL01-KA107-037079"

    @pytest.mark.parametrize(("agency", "country"), [("PL01", "PL"), ("EL01", "GR"), ("UK01", "GB"), ("IT02", "IT")])
    def test_the_agency_stands_in_a_country(self, agency: str, country: str) -> None:
        """The country of the agency is in our convention: EL and UK become GR and GB."""
        assert project_number(f"2019-1-{agency}-KA107-060123").agency_country == country

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ("2015-BE02-KA203-012317", "the round .* is missing between the year and the agency"),
            ("2024-1-IT02-KA131-HED-000197121-2", "blended .* its project is 2024-1-IT02-KA131-HED-000197121$"),
            ("2024-LONGT-0012-KA121-SCH-000005151", "it is the number of one mobility"),
            ("2019-1-ZZ01-KA107-060123", "the agency ZZ01 is in no country"),
            ("2013-1-PL01-KA107-037079", "is no project number: expected is 2017"),
            ("2020-1-PL01-KA107-HED-000037079", "is no project number: expected is 2017"),
            ("2021-1-PL01-KA171-037079", "is no project number: expected is 2017"),
            ("2017-4-PL01-KA107-037079", "is no project number: expected is 2017"),
            ("2017-0-PL01-KA107-037079", "is no project number: expected is 2017"),
            ("", "holds no project number: leave it out where it is not known"),
            (None, "None holds no project number"),
        ],
    )
    def test_anything_else_is_refused(self, written: str, said: str) -> None:
        """Numbers of other things, and numbers with a part missing, are refused with what they are."""
        with pytest.raises(InputError, match=said):
            project_number(written)

    @pytest.mark.parametrize(
        "text",
        [
            "2014-3-PL01-KA107-000000",
            "2020-1-PL01-KA107-999999",
            "2021-1-PL01-KA171-HED-000000000",
            "2039-3-PL01-KA171-HED-999999999",
        ],
    )
    def test_the_edges_of_both_periods(self, text: str) -> None:
        """The first and the last year of both forms, and rounds up to three, are accepted."""
        assert project_number(text).text == text

    def test_a_project_number_is_frozen(self) -> None:
        """The parts cannot be changed."""
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            project_number("2017-1-PL01-KA107-037079").call = 2018


class TestAcademicYear:
    """The academic year."""

    @pytest.mark.parametrize(
        ("written", "first", "last"),
        [
            ("2022/2023", 2022, 2023),
            ("2010/2010", 2010, 2010),
            ("2018-2019", 2018, 2019),
            ("2018/19", 2018, 2019),
            ("2018-19", 2018, 2019),
            ("2018\u201319", 2018, 2019),
            ("2018 / 2019", 2018, 2019),
            ("2018/18", 2018, 2018),
            ("1999/00", 1999, 2000),
            ("2011/12", 2011, 2012),
            ("2012-13", 2012, 2013),
        ],
    )
    def test_years_are_read(self, written: str, first: int, last: int) -> None:
        """The form of Erasmus Without Paper is read, and the usual other forms are repaired."""
        year = academic_year(written)
        assert (year.first, year.last) == (first, last)
        assert str(year) == f"{first}/{last}"
        assert academic_year(year) is year

    @pytest.mark.parametrize(
        "written",
        ["2018/2020", "2019/2018", "2018/20", "2018", "18/19", "2011-12", "9999/00", "9999/0000", "2009/2010-2/2"],
    )
    def test_what_is_no_academic_year_is_refused(self, written: str) -> None:
        """Years that do not follow each other, single years, and what may be a month, are refused."""
        with pytest.raises(InputError, match=f"^'{written}' is no academic year: write two years with a slash"):
            academic_year(written)

    @pytest.mark.parametrize("written", [None, "", "#N/A"])
    def test_a_missing_year_is_to_be_left_out(self, written: str) -> None:
        """A missing value is no academic year."""
        with pytest.raises(InputError, match="holds no academic year: leave it out where it is not known"):
            academic_year(written)

    @pytest.mark.parametrize(("first", "last"), [(2018, 2020), (2019, 2018), (-1, 0), (9999, 10000), (12018, 12019)])
    def test_an_impossible_year_cannot_be_made(self, first: int, last: int) -> None:
        """Two numbers that are no academic year are refused with both."""
        with pytest.raises(InputError, match=f"^{first} and {last} make no academic year"):
            AcademicYear(first, last)

    def test_years_are_ordered_by_time(self) -> None:
        """Earlier years are less than later ones; the same years are equal."""
        written = ["2019/2020", "2018/2019", "2018/2018", "2019/2019"]
        assert [str(year) for year in sorted(map(academic_year, written))] == [
            "2018/2018",
            "2018/2019",
            "2019/2019",
            "2019/2020",
        ]
        assert academic_year("2018/19") == AcademicYear(2018, 2019)
        assert academic_year("2018/2019") < academic_year("2019/2020")

    @given(st.integers(0, 9998), st.booleans())
    def test_every_year_reads_as_itself(self, first: int, southern: bool) -> None:
        """Every academic year, written and read, is the same; so is its short form with a slash."""
        year = AcademicYear(first, first if southern else first + 1)
        assert academic_year(str(year)) == year
        assert academic_year(f"{year.first:04d}/{year.last % 100:02d}") == year


def test_good_identifiers_need_no_pycountry() -> None:
    """Reading identifiers in a fresh process does not load pycountry."""
    program = (
        "import sys\n"
        "from icm_rules.model import identifiers\n"
        "identifiers.country_of_erasmus_code('d berlin01')\n"
        "identifiers.project_number('2017-1-PL01-KA107-037079')\n"
        "assert 'pycountry' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
