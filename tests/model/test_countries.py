"""Which codes are countries, what else is refused with which way out, and what countries are called."""

from __future__ import annotations

import copy
import json
import pickle
import subprocess
import sys

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine.errors import InputError, shown
from icm_rules.model import country_names
from icm_rules.model.countries import Country, country_codes, country_table

_codes = st.sampled_from(sorted(country_codes()))


class TestCodes:
    """What is accepted, and what becomes of it."""

    def test_the_table_is_iso_3166_1_and_kosovo(self) -> None:
        """Our own table holds the codes pycountry holds, and XK."""
        assert country_codes() == {country.alpha_2 for country in pycountry.countries} | {"XK"}
        assert len(country_codes()) == 250

    @pytest.mark.parametrize(
        ("written", "code"),
        [
            ("KZ", "KZ"),
            ("kz", "KZ"),
            (" Kz ", "KZ"),
            ("\u00a0SI\n", "SI"),
            ("EL", "GR"),
            ("el", "GR"),
            (" UK", "GB"),
            ("GR", "GR"),
            ("GB", "GB"),
            ("XK", "XK"),
            ("GL", "GL"),
        ],
    )
    def test_case_blanks_and_the_european_convention_are_repaired(self, written: str, code: str) -> None:
        """Lower case and blanks go, EL and UK become GR and GB; everything else stays."""
        assert Country(written) == code

    @given(_codes)
    def test_a_country_is_its_code(self, code: str) -> None:
        """A country equals its code, has the same hash, sorts, formats and is written to JSON like it."""
        country = Country(code)
        assert country == code
        assert hash(country) == hash(code)
        assert {country: 1}[code] == 1
        assert f"{country}" == str(country) == code
        assert json.dumps(country) == json.dumps(code)

    @given(_codes)
    def test_the_same_code_is_the_same_object(self, code: str) -> None:
        """Making, copying and pickling a country gives the one object of this code."""
        country = Country(code)
        assert Country(code.lower()) is country
        assert Country(country) is country
        assert copy.copy(country) is country
        assert copy.deepcopy(country) is country
        assert pickle.loads(pickle.dumps(country)) is country  # noqa: S301 -- our own bytes

    def test_repr_is_python(self) -> None:
        """The representation is the expression that makes the country."""
        assert repr(Country("KZ")) == "Country('KZ')"

    def test_a_country_takes_no_attributes(self) -> None:
        """Nothing can be hung onto a country."""
        with pytest.raises(AttributeError):
            Country("KZ").region = "Central Asia"


class TestRefusals:
    """Everything else is refused, with the value and the way out."""

    @pytest.mark.parametrize(
        ("written", "code"),
        [
            ("Kazakhstan", "KZ"),
            ("kazakhstan ", "KZ"),
            ("Turkey", "TR"),
            ("Türkiye", "TR"),
            ("Ivory Coast", "CI"),
            ("Kosovo", "XK"),
            ("Republic of Moldova", "MD"),
            ("KAZ", "KZ"),
            ("398", "KZ"),
        ],
    )
    def test_a_name_is_answered_with_its_code(self, written: str, code: str) -> None:
        """Who writes the name of a country is told its code."""
        with pytest.raises(InputError, match=f"is no country code: write {code}$") as refusal:
            Country(written)
        assert repr(written) in str(refusal.value)

    @pytest.mark.parametrize(
        ("written", "said"),
        [
            ("TP", "withdrawn code for Timor-Leste: write TL"),
            ("tp", "withdrawn code for Timor-Leste: write TL"),
            ("AN", "withdrawn code of the Netherlands Antilles"),
            ("AB", "without explanation: find out which country was meant"),
            ("CP", "no official code: find out which country was meant"),
            ("-", "write a missing value: leave the country out"),
        ],
    )
    def test_the_odd_codes_of_the_statistics_are_named(self, written: str, said: str) -> None:
        """Codes of the mobility statistics that are no countries are refused with what they are."""
        with pytest.raises(InputError, match=said):
            Country(written)

    @pytest.mark.parametrize("written", ["ZZ", "EU", "K", "Atlantis", "K Z", "ß", "x" * 500])
    def test_what_is_no_country_is_told_what_is_expected(self, written: str) -> None:
        """Other text is refused with what is expected; one letter that becomes two in upper case is not two."""
        with pytest.raises(
            InputError, match="two letters of ISO 3166-1 alpha-2, such as KZ, or XK for Kosovo"
        ) as refusal:
            Country(written)
        assert len(str(refusal.value)) < 200

    @pytest.mark.parametrize("written", ["", "  "])
    def test_empty_text_is_no_country(self, written: str) -> None:
        """Who does not know the country is told to leave it out."""
        with pytest.raises(InputError, match="leave the country out where it is not known"):
            Country(written)

    @pytest.mark.parametrize(
        "value", [398, 3.5, True, ["KZ"], {"code": "KZ"}, b"KZ", pytest.param(10**5000, id="huge")]
    )
    def test_other_types_are_refused_by_name(self, value: object) -> None:
        """A value that is no text is refused with its type."""
        with pytest.raises(InputError, match=rf"of the type {type(value).__name__}: write two letters"):
            Country(value)

    def test_none_is_refused(self) -> None:
        """None is no country."""
        with pytest.raises(InputError, match=r"^None is no country: .* leave the country out where it is not known$"):
            Country(None)

    @given(st.text() | st.text(alphabet="abkzABKZ ", max_size=4))
    def test_text_is_a_country_or_refused(self, text: str) -> None:
        """Any text gives a code of the table or an InputError, nothing else."""
        try:
            country = Country(text)
        except InputError:
            return
        assert str(country) in country_codes()
        assert Country(str(country)) is country


class TestNames:
    """What countries are called, and which code belongs to a name."""

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("KZ", "Kazakhstan"),
            ("XK", "Kosovo"),
            ("EL", "Greece"),
            ("BO", "Bolivia"),
            ("TR", "Türkiye"),
            ("MD", "Moldova"),
            ("RU", "Russian Federation"),
            ("TW", "Taiwan"),
            ("KR", "South Korea"),
            ("PS", "Palestine"),
        ],
    )
    def test_names_read_well(self, code: str, name: str) -> None:
        """A country is called as in a sentence."""
        assert Country(code).name == name

    @given(_codes)
    def test_every_name_leads_back(self, code: str) -> None:
        """Every country has a name without a comma, and the name leads back to its code."""
        name = Country(code).name
        assert name == "Bonaire, Sint Eustatius and Saba" or "," not in name or code == "SH"
        assert country_names.country_code_of(name) == code

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("Kosovo *", "XK"),
            ("xk", "XK"),
            ("EL", "GR"),
            ("Côte d'Ivoire", "CI"),
            ("Cape  Verde", "CV"),
            ("MYANMAR/BURMA", "MM"),
            ("Korea, Republic of", "KR"),
            ("Republic of Kazakhstan", "KZ"),
        ],
    )
    def test_other_names_are_known(self, name: str, code: str) -> None:
        """Names met in lists of the Commission, official names and the codes themselves are found in any case."""
        assert country_names.country_code_of(name) == code

    @pytest.mark.parametrize("name", ["", "Atlantis", "Kosov", "Republic", "TP"])
    def test_nothing_is_guessed(self, name: str) -> None:
        """A name that is no country's has no code, however near it comes."""
        assert country_names.country_code_of(name) is None

    def test_our_own_table_speaks_of_countries_only(self) -> None:
        """Every alias, name and European code leads to a country, and no odd code is one."""
        table = country_table()
        meant = {*table["aliases"].values(), *table["names"], *table["from_eu_convention"].values()}
        assert meant <= country_codes()
        assert not country_codes() & {*table["no_country"], *table["from_eu_convention"]}


class TestShown:
    """How messages show a value."""

    def test_text_is_quoted_and_long_text_abridged(self) -> None:
        """Text stands in quotation marks; of long text the middle is left out."""
        assert shown("KZ") == "'KZ'"
        assert len(shown("x" * 10_000)) == 80

    def test_a_number_python_refuses_to_write_is_described(self) -> None:
        """A number of thousands of digits is named as such."""
        assert shown(10**5000) == "a number of thousands of digits"


def test_countries_need_no_pycountry() -> None:
    """Making a country in a fresh process loads neither pycountry nor the module that knows it; asking a name does."""
    program = (
        "import sys\n"
        "from icm_rules.model.countries import Country\n"
        "country = Country(' kz ')\n"
        "heavy = {'pycountry', 'icm_rules.model.country_names'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
        "assert country.name == 'Kazakhstan'\n"
        "assert heavy <= set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
