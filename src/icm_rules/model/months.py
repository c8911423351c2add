"""The 30/360 count, by which the Commission counts the months of a student's stay."""

from __future__ import annotations

from datetime import date

DAYS_OF_A_MONTH = 30
"""A month of the 30/360 count, see readings on counting: every month has 30 days, a year 360."""


def number_in_months_of_30(day: date) -> int:
    """The number of a day where every month has 30 days and the 31st counts as the 30th."""
    return 12 * DAYS_OF_A_MONTH * day.year + DAYS_OF_A_MONTH * day.month + min(day.day, DAYS_OF_A_MONTH)
