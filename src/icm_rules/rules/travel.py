"""How far it is, and how many days of travel are paid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from icm_rules.engine import (
    Answer,
    Unknown,
    Words,
    based,
    fact,
    met,
    not_applicable,
    not_met,
    rule,
    undetermined,
    unknown,
)
from icm_rules.guide.provisions import (
    DeparturePlace,
    DistanceEstimate,
    FundedTravelDays,
    GreenTravelDays,
    GreenTravelDefinition,
    StudentTravelDays,
    TravelBand,
    TravelBands,
)
from icm_rules.model.mobility import TravelLeg
from icm_rules.model.places import Coordinates, great_circle_km
from icm_rules.model.terms import Stage
from icm_rules.rules.values import TravelDays


@fact(in_steps=True)
def travel_band(distance_km: Decimal, travel_bands: TravelBands) -> TravelBand | Unknown:
    """The band in which the distance lies; bands are half-open: 10 km <= distance < 100 km."""
    for band in travel_bands.lines:
        if band.from_km <= distance_km and (band.to_km is None or distance_km < band.to_km):
            return band
    return unknown(f"no band holds {distance_km} km")


@fact(of_presence=True)
def other_measure_is_told(measured_distance_km: Decimal | None) -> bool:
    """Whether kilometres by another measure than the official calculator's are told."""
    return measured_distance_km is not None


@fact(of_presence=True)
def departure_is_located(departure_coordinates: Coordinates | None) -> bool:
    """Whether it is told where the other place of departure lies."""
    return departure_coordinates is not None


@fact(of_presence=True)
def receiving_is_located(receiving_coordinates: Coordinates | None) -> bool:
    """Whether it is told where the receiving side lies."""
    return receiving_coordinates is not None


@fact
def unsettled_departure(
    departs_elsewhere: bool | None,
    departure_is_located: bool,
    receiving_is_located: bool,
    departure_is_proven: bool | None,
    other_measure_is_told: bool,
    departure_place: DeparturePlace | None,
) -> tuple[str, ...]:
    """The given facts that would settle from which place coordinates are measured; none where nothing is open.

    A city elsewhere than the seat is to be located. No text says whether a journey of which nothing proves where it
    began counts from there or from the seat, so both may be; while nobody tells of a proof, it can still be had.
    """
    if other_measure_is_told or not receiving_is_located or departs_elsewhere is False:
        return based(())
    asked = {
        "departure_coordinates": not departure_is_located,
        "departure_is_proven": departure_is_proven is False
        and departure_place is not None
        and departure_place.seat_is_default,
    }
    return based(tuple(name for name, is_asked in asked.items() if is_asked))


@fact
def estimated_distance_km(
    measured_distance_km: Decimal | None,
    sending_coordinates: Coordinates | None,
    departure_coordinates: Coordinates | None,
    receiving_coordinates: Coordinates | None,
    unsettled_departure: tuple[str, ...],
    distance_estimate: DistanceEstimate,
) -> Decimal | Unknown:
    """The distance one way by another measure than the official calculator: told, or along a great circle [km].

    A journey starts at the place of departure where that is told, else at the seat of the sending side; a place of
    departure that is not located gives no distance, since it may be far from the seat. How it is computed is cited by
    the rules in which it decides: where the calculator's figure is told it decides nothing.
    """
    if measured_distance_km is not None:
        return based(measured_distance_km)
    if "departure_coordinates" in unsettled_departure:
        return based(Unknown(("departure_coordinates",)))
    start = sending_coordinates if departure_coordinates is None else departure_coordinates
    if start is None or receiving_coordinates is None:
        return based(Unknown(("distance_km",)))
    return based(great_circle_km(start, receiving_coordinates, distance_estimate.earth_radius_km))


@fact
def estimate_without_proof_km(
    estimated_distance_km: Decimal | None,
    sending_coordinates: Coordinates | None,
    receiving_coordinates: Coordinates | None,
    unsettled_departure: tuple[str, ...],
    distance_estimate: DistanceEstimate,
) -> Decimal | Unknown:
    """The estimate if a place of departure of which there is no proof does not count: then from the seat [km].

    It is the estimate itself where nothing of the kind is told.
    """
    if "departure_is_proven" not in unsettled_departure:
        return based(Unknown(("distance_km",)) if estimated_distance_km is None else estimated_distance_km)
    if sending_coordinates is None or receiving_coordinates is None:
        return based(Unknown(("distance_km",)))
    return based(great_circle_km(sending_coordinates, receiving_coordinates, distance_estimate.earth_radius_km))


@fact
def departs_elsewhere(
    departure_city: str | None,
    departure_coordinates: Coordinates | None,
    sending_city: str | None,
    sending_coordinates: Coordinates | None,
) -> bool | Unknown:
    """Whether the journey starts at another place than the seat of the sending side, by city or by coordinates."""
    pairs = {
        "sending_city": (departure_city, sending_city),
        "sending_coordinates": (departure_coordinates, sending_coordinates),
    }
    told = {name: pair for name, pair in pairs.items() if pair[0] is not None}
    untold = tuple(name for name, (_, seat) in told.items() if seat is None)
    differ = any(
        place is not None and seat is not None and place.casefold() != seat.casefold() for place, seat in told.values()
    )
    return Unknown(untold) if untold and not differ else differ


@fact
def travels_green(
    travel_legs: tuple[TravelLeg, ...] | None, green_travel_definition: GreenTravelDefinition | None
) -> bool | Unknown:
    """Whether the main part of the journey, more than half of its kilometres, is made by green means of transport.

    Where a call knows no green travel, none is green. The length of a leg is asked for only while it can still decide.
    """
    if green_travel_definition is None:
        return based(value=False)
    if not travel_legs:
        return Unknown(("travel_legs",))
    green = [leg.distance_km for leg in travel_legs if leg.means in green_travel_definition.means]
    other = [leg.distance_km for leg in travel_legs if leg.means not in green_travel_definition.means]
    if not green or not other:
        return bool(green)
    green_km, other_km = (sum(km for km in lengths if km is not None) for lengths in (green, other))
    if None not in other and green_km > other_km:
        return True
    if None not in green and green_km <= other_km:
        return False
    return Unknown(("travel_legs",))


@fact(of_presence=True)
def outward_travel_is_dated(outward_travel_date: date | None) -> bool:
    """Whether it is told when the outward journey begins."""
    return outward_travel_date is not None


@fact(of_presence=True)
def return_travel_is_dated(return_travel_date: date | None) -> bool:
    """Whether it is told when the return journey ends."""
    return return_travel_date is not None


@fact(of_presence=True)
def start_is_told(start_date: date | None) -> bool:
    """Whether the first day of the stay is told."""
    return start_date is not None


@fact(of_presence=True)
def end_is_told(end_date: date | None) -> bool:
    """Whether the last day of the stay is told."""
    return end_date is not None


@fact(elementwise=True)
def outward_journey_days(outward_travel_date: date, start_date: date) -> int:
    """The days that the outward journey takes before the first day of activity [days]."""
    return start_date.toordinal() - outward_travel_date.toordinal()


@fact(elementwise=True)
def return_journey_days(end_date: date, return_travel_date: date) -> int:
    """The days that the return journey takes after the last day of activity [days]."""
    return return_travel_date.toordinal() - end_date.toordinal()


def _payable(sides: tuple[tuple[int | None, int], ...], maximum: int) -> TravelDays:
    """The days of travel paid, from and to: each side up to its limit, both together up to the maximum [days]."""
    low = sum(min(days, limit) for days, limit in sides if days is not None)
    high = sum(limit if days is None else min(days, limit) for days, limit in sides)
    return TravelDays(min(low, maximum), min(high, maximum))


_Way = tuple[TravelDays, FundedTravelDays | GreenTravelDays]
"""The days of travel that may be paid for one way of travelling, and the paragraph that says so."""


def _ways(
    out: int | None,
    back: int | None,
    travels_green: bool | None,
    funded: FundedTravelDays,
    green: GreenTravelDays | None,
) -> tuple[_Way, ...]:
    """What may be paid for usual travel and for green travel; only the one that holds, where that is known."""
    before, after = funded.maximum_before, funded.maximum_after
    ways: list[_Way] = []
    if green is None or not travels_green:
        ways.append((_payable(((out, before), (back, after)), before + after), funded))
    if green is not None and travels_green is not False:
        ways.append((_payable(((out, green.maximum), (back, green.maximum)), green.maximum), green))
    return tuple(ways)


@fact
def payable_travel_days(
    outward_journey_days: int | None,
    return_journey_days: int | None,
    travels_green: bool | None,
    funded_travel_days: FundedTravelDays,
    green_travel_days: GreenTravelDays | None,
) -> TravelDays:
    """The days of travel outside the days of activity, as many as may be paid [days]."""
    ways = _ways(outward_journey_days, return_journey_days, travels_green, funded_travel_days, green_travel_days)
    days = TravelDays(min(way.low for way, _ in ways), max(way.high for way, _ in ways))
    return based(days, *(paragraph for _, paragraph in ways))


@fact
def travel_day_limit(
    travels_green: bool | None, funded_travel_days: FundedTravelDays, green_travel_days: GreenTravelDays | None
) -> TravelDays:
    """How many days of travel may be paid at most; from and to, while nobody told whether travel is green [days]."""
    usual = funded_travel_days.maximum_before + funded_travel_days.maximum_after
    if green_travel_days is None or travels_green is False:
        return based(TravelDays(usual, usual), funded_travel_days)
    green = green_travel_days.maximum
    if travels_green:
        return based(TravelDays(green, green), green_travel_days)
    return TravelDays(min(usual, green), max(usual, green))


@fact
def travel_days(
    outward_journey_days: int | None,
    return_journey_days: int | None,
    travels_green: bool | None,
    travel_days_claimed: int | None,
    funded_travel_days: FundedTravelDays,
    green_travel_days: GreenTravelDays | None,
) -> TravelDays:
    """The days of travel that are paid: what may be paid, but never more than is claimed [days].

    A claim is taken at its word where the dates of the journeys are not told.
    """
    ways = _ways(outward_journey_days, return_journey_days, travels_green, funded_travel_days, green_travel_days)
    # The claim meets each way of travelling by itself: what green travel allows says nothing of the usual one.
    paid = [
        way if travel_days_claimed is None else TravelDays(*[min(travel_days_claimed, way.high)] * 2) for way, _ in ways
    ]
    days = TravelDays(min(way.low for way in paid), max(way.high for way in paid))
    return based(days, *(paragraph for _, paragraph in ways))


@fact
def travel_days_are_paid(
    is_staff_mobility: bool, is_long_student_stay: bool | None, student_travel_days: StudentTravelDays | None
) -> bool | Unknown:
    """Whether this call pays days of travel to such a participant: to staff, and to students on stays of months."""
    if is_staff_mobility or student_travel_days is None:
        return is_staff_mobility
    return Unknown(("stay_format",)) if is_long_student_stay is None else is_long_student_stay


@rule("travel.distance.band", due=Stage.NOMINATION, informs=True)
def distance_lies_in_a_band(distance_km: Decimal, travel_band: TravelBand) -> Answer:
    """The distance one way lies in a band of the table of travel support."""
    told: Words = {"km": distance_km, "low": travel_band.from_km, "high": travel_band.to_km}
    if travel_band.to_km is None:
        return met("{km} km lie in the last band, from {low} km on", **told)
    return met("{km} km lie in the band from {low} km to less than {high} km", **told)


@fact
def distance_is_compared(distance_is_told: bool, estimated_distance_km: Decimal | None) -> bool:
    """Whether the distance is told both by the calculator and by another measure."""
    return distance_is_told and estimated_distance_km is not None


@rule(
    "travel.distance.estimate",
    due=Stage.NOMINATION,
    only_if="distance_is_compared",
    informs=True,
    tells="distance_km",
)
def the_distance_by_another_measure_agrees(
    estimated_distance_km: Decimal,
    usual_band_numbers: tuple[int, ...],
    estimated_usual_band_numbers: tuple[int, ...],
) -> Answer:
    """The figure of the official calculator lies in the same band as another measure, such as the coordinates."""
    told: Words = {"estimate": estimated_distance_km}
    if set(usual_band_numbers) <= set(estimated_usual_band_numbers):
        return met("the calculator says {distance_km} km, another measure {estimate} km", **told)
    return undetermined(
        "the calculator says {distance_km} km and another measure {estimate} km, which lie in different bands",
        needs=(),
        gaps=("the calculator decides, but look whether it was asked for the right places",),
        **told,
    )


@rule("travel.departure.place", due=Stage.AFTER_RETURN, only_if="departs_elsewhere", informs=True)
def another_place_of_departure_is_proven(departure_is_proven: bool, departure_place: DeparturePlace) -> Answer:
    """A journey that starts elsewhere than at the seat has its reason and its proof kept."""
    if not departure_place.other_needs_reason or departure_is_proven:
        return met("the journey starts elsewhere than at the seat, and there is proof of it; keep it with the reason")
    return not_met(
        "the journey starts elsewhere than at the seat, and nothing proves it; ask for the ticket, the invoice or "
        "the boarding pass that names place and day, and write down the reason"
    )


@rule("travel.days.number", due=Stage.BEFORE_DEPARTURE, only_if="travel_days_are_paid", informs=True)
def no_more_travel_days_are_claimed_than_paid(travel_days_claimed: int, travel_day_limit: TravelDays) -> Answer:
    """No more days of travel are claimed than may be paid."""
    low, high = travel_day_limit.low, travel_day_limit.high
    told: Words = {"claimed": travel_days_claimed, "low": low, "high": high, "over": travel_days_claimed - high}
    if travel_days_claimed <= low:
        return met("{claimed} days of travel are claimed; {low} may be paid", **told)
    if travel_days_claimed > high:
        return not_met("{claimed} days of travel are claimed, {over} more than the {high} that may be paid", **told)
    return undetermined(
        "{claimed} days of travel are claimed; {low} may be paid, and {high} to whoever travels green",
        needs=("travel_legs",),
        **told,
    )


@rule("travel.days.outside_activity", due=Stage.AFTER_RETURN, only_if="travel_days_are_paid", informs=True)
def claimed_travel_days_are_no_days_of_activity(
    travel_days_claimed: int,
    payable_travel_days: TravelDays,
    travel_day_limit: TravelDays,
    outward_travel_is_dated: bool,
    return_travel_is_dated: bool,
    start_is_told: bool,
    end_is_told: bool,
) -> Answer:
    """No day of travel is claimed for a journey that falls on a day of activity."""
    if travel_days_claimed == 0:
        return not_applicable("no day of travel is claimed")
    told: Words = {
        "claimed": travel_days_claimed,
        "fewest": payable_travel_days.low,
        "payable": payable_travel_days.high,
    }
    if travel_days_claimed <= payable_travel_days.low:
        return met(
            "{claimed} days of travel are claimed, and the journeys take as many outside the days of activity", **told
        )
    if travel_days_claimed > payable_travel_days.high:
        return not_met(
            "{claimed} days of travel are claimed, and the journeys take {payable} outside the days of activity that "
            "may be paid",
            **told,
        )
    dates = {
        "outward_travel_date": outward_travel_is_dated,
        "return_travel_date": return_travel_is_dated,
        "start_date": start_is_told,
        "end_date": end_is_told,
    }
    untold = tuple(name for name, is_told in dates.items() if not is_told)
    if not untold:
        return undetermined(
            "{claimed} days of travel are claimed; outside the days of activity {fewest} may be paid, and {payable} to "
            "whoever travels green",
            needs=("travel_legs",),
            **told,
        )
    return undetermined(
        "{claimed} days of travel are claimed; they may not fall on a day of activity",
        # Dates come first: the means of transport matter only where more is claimed than anybody is paid.
        needs=(*untold, "travel_legs") if travel_days_claimed > travel_day_limit.low else untold,
        **told,
    )
