"""Places on the globe: coordinates as they are told, and how far it is between two of them along a great circle."""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation
from typing import final

from icm_rules.engine.errors import InputError, shown

_PARTS = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d+)?)\s*[,;]\s*([+-]?\d{1,3}(?:\.\d+)?)\s*")
_POLE, _DATE_LINE = Decimal(90), Decimal(180)
_PAIR = 2
_WAY_OUT = 'write latitude and longitude in degrees, such as "43.2567, 76.9286"'


@final
class Coordinates(str):
    """Latitude and longitude of a place in degrees, north and east positive, as text: ``"43.2567, 76.9286"``.

    It is a ``str``, so it can stand in a column, in JSON and in a sentence. Decimals are kept as they are told.

    Raises:
        InputError: it is no such pair, or lies beyond a pole or the date line.

    >>> Coordinates("43.2567,76.9286")
    Coordinates('43.2567, 76.9286')

    """

    __slots__ = ()

    def __new__(cls, value: object) -> Coordinates:
        """Read the text, or a pair of numbers."""
        if isinstance(value, cls):
            return value
        latitude, longitude = _pair(value)
        if abs(latitude) > _POLE:
            message = f"the latitude {latitude} lies beyond the pole; {_WAY_OUT}"
            raise InputError(message)
        if abs(longitude) > _DATE_LINE:
            message = f"the longitude {longitude} lies beyond 180 degrees; {_WAY_OUT}"
            raise InputError(message)
        return super().__new__(cls, f"{latitude:f}, {longitude:f}")

    def __repr__(self) -> str:
        """The text as Python would make it again."""
        return f"Coordinates({str(self)!r})"

    @property
    def latitude(self) -> float:
        """Degrees north of the equator; south of it negative."""
        return float(self.partition(", ")[0])

    @property
    def longitude(self) -> float:
        """Degrees east of Greenwich; west of it negative."""
        return float(self.partition(", ")[2])


def _pair(value: object) -> tuple[Decimal, Decimal]:
    if isinstance(value, str):
        found = _PARTS.fullmatch(value)
        if found is not None:
            return Decimal(found[1]), Decimal(found[2])
    elif isinstance(value, (tuple, list)) and len(value) == _PAIR and not any(isinstance(part, bool) for part in value):
        try:
            latitude, longitude = (Decimal(str(part)) for part in value)
        except InvalidOperation:
            pass
        else:
            if latitude.is_finite() and longitude.is_finite():
                return latitude, longitude
    message = f"{shown(value)} are no coordinates; {_WAY_OUT}"
    raise InputError(message)


_METRES = Decimal("0.001")


def great_circle_km(one: Coordinates, other: Coordinates, radius_km: Decimal) -> Decimal:
    """How far it is from one place to the other on a globe of this radius [km, to the metre].

    The formula is the haversine, which is exact on a sphere and does not lose small distances.

    >>> great_circle_km(Coordinates("40.4165, -3.70256"), Coordinates("41.89193, 12.51133"), Decimal(6371))
    Decimal('1365.280')

    """
    north, other_north = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(other.longitude - one.longitude)
    half = math.sin((other_north - north) / 2) ** 2
    half += math.cos(north) * math.cos(other_north) * math.sin(across / 2) ** 2
    # On the other side of the globe rounding may lead a hair's breadth past one.
    angle = 2 * math.asin(min(1.0, math.sqrt(half)))
    return Decimal(float(radius_km) * angle).quantize(_METRES)
