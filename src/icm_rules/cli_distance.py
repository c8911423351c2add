"""The command ``icm-rules distance``: how far it is between two places, and what travel support that may give."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import click

from icm_rules.cli_parts import refusals_in_one_line
from icm_rules.engine.errors import InputError
from icm_rules.model.places import Coordinates

if TYPE_CHECKING:
    from icm_rules.guide.provisions import DistanceEstimate

_ONE_COUNTRY = 2
"""So many letters are the code of a country."""


@click.command(
    epilog="\b\n"
    "Examples:\n"
    '  icm-rules distance --call 2019 "43.25, 76.95" "46.05, 14.51"\n'
    '  icm-rules distance --call 2024 "Almaty, KZ" "Ljubljana, SI"\n'
    '  icm-rules distance --call 2024 "Thessaloniki, GR" KZ',
)
@click.argument("start", metavar="FROM")
@click.argument("end", metavar="TO")
@click.option("--call", type=int, metavar="YEAR", required=True, help="The call of the project: it sets the bands.")
def distance(start: str, end: str, *, call: int) -> None:
    """Say how far it is FROM one place TO another, and which travel support that may give.

    A place is a pair of coordinates, or, with the extra places, a city with the code of its country, or a country
    alone, which gives a range over its cities. Near the edge of a band, and for a country, the answer is a range.

    Only the figure of the Commission's distance calculator counts; this is an estimate for planning and for a look at
    figures that were told. A place that begins with a minus sign is written after -- .
    """
    with refusals_in_one_line():
        from icm_rules.guide import guide
        from icm_rules.guide.provisions import DistanceEstimate

        its_guide = guide(call)
        estimate = its_guide["distance_estimate"]
        if not isinstance(estimate, DistanceEstimate):
            message = f"the Guide of call {call} does not say how a distance is estimated"
            raise InputError(message)
        low, high = _kilometres(start, end, estimate.earth_radius_km)
    km = f"{low:,.0f} km" if round(low) == round(high) else f"{low:,.0f} to {high:,.0f} km"
    click.echo(f"{km} one way, along a great circle (radius of the earth: {estimate.earth_radius_km} km)")
    found = [
        (what, _amounts(its_guide.provisions.get(name), low, high, estimate))
        for name, what in (("travel_bands", "Travel support"), ("green_travel_bands", "Green travel"))
    ]
    for what, amounts in found:
        if amounts:
            click.echo(f"{what}, call {call}: {_from_to(amounts)}")
    if low == high and any(len(set(amounts)) > 1 for _, amounts in found):
        click.echo("It lies so near the edge of a band that only the official figure settles it.")
    click.echo("An estimate: the figure of the Commission's distance calculator decides.")


def _amounts(table: object, low: Decimal, high: Decimal, estimate: DistanceEstimate) -> list[Decimal]:
    """What the bands pay in which the official figure may lie [EUR]."""
    from icm_rules.guide.provisions import GreenTravelBands, TravelBands
    from icm_rules.rules.funding import bands_near

    if not isinstance(table, (TravelBands, GreenTravelBands)):
        return []
    ends = [number for km in (low, high) for number in bands_near(km, table.lines, estimate)]
    return [line.eur for line in table.lines[min(ends) : max(ends) + 1]] if ends else []


def _from_to(amounts: list[Decimal]) -> str:
    least, most = min(amounts), max(amounts)
    return f"{most:,.2f} EUR" if least == most else f"from {least:,.2f} to {most:,.2f} EUR"


def _kilometres(start: str, end: str, radius: Decimal) -> tuple[Decimal, Decimal]:
    """The least and the greatest distance between two places as they are told [km]."""
    from icm_rules.adapters.places import distance_from_to

    return distance_from_to(_places(start), _places(end), radius)


def _places(told: str) -> tuple[Coordinates, ...]:
    """Where a place may lie: a pair of coordinates, a city with its country, or all cities of a country."""
    from icm_rules.adapters.places import cities_of, coordinates_of

    if any(sign.isdigit() for sign in told):
        return (Coordinates(told),)
    city, comma, country = told.rpartition(",")
    if comma:
        return (coordinates_of(city, country),)
    if len(told.strip()) == _ONE_COUNTRY:
        return cities_of(told)
    message = f'{told!r} is no place; write "Almaty, KZ", a country such as KZ, or coordinates such as "43.25, 76.95"'
    raise InputError(message)


COMMANDS = (distance,)
"""The commands, to be added to the group ``icm-rules``."""
