"""How an exact amount becomes money."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from icm_rules.engine import ROUNDINGS, Confidence, Payment
from icm_rules.engine.rounding import USUAL

CENT = Fraction(1, 100)

payments = st.builds(
    Payment,
    quantity=st.integers(0, 400),
    unit=st.just("night"),
    rate=st.decimals(0, 5000, places=2),
    rate_unit=st.just("month"),
    share=st.fractions(0, 1, max_denominator=60),
)


def nights(quantity: int, rate: str, share: Fraction = Fraction(1, 30)) -> Payment:
    """Nights paid by thirtieths of a monthly rate."""
    return Payment(quantity, "night", Decimal(rate), "month", share)


class TestPolicies:
    """The policies as a list."""

    def test_the_policies_are_known_by_name_and_the_first_is_usual(self):
        """There are three, each under its own name, each with words of its own."""
        assert list(ROUNDINGS) == ["cent-half-up", "euro-down", "daily-rate-to-the-cent-first"]
        assert [policy.name for policy in ROUNDINGS.values()] == list(ROUNDINGS)
        assert USUAL is ROUNDINGS["cent-half-up"]
        assert len({policy.words for policy in ROUNDINGS.values()}) == 3

    def test_no_policy_is_claimed_to_be_verified(self):
        """None of the texts states a rounding rule, and no policy says that one does."""
        assert {policy.confidence for policy in ROUNDINGS.values()} == {Confidence.UNVERIFIED}

    def test_the_policies_cannot_be_changed(self):
        """Neither the list nor a policy in it can be written to."""
        with pytest.raises(TypeError):
            ROUNDINGS["other"] = USUAL
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            USUAL.name = "other"


class TestExamples:
    """Amounts worked out by hand."""

    @pytest.mark.parametrize(
        ("payment", "amount"),
        [
            (nights(7, "200"), "46.67"),
            (nights(1, "200"), "6.67"),
            (nights(1, "100"), "3.33"),
            (nights(1, "0.01", Fraction(1, 2)), "0.01"),
            (nights(1, "0.0099999", Fraction(1, 2)), "0.00"),
            (nights(1, "0.03", Fraction(1, 2)), "0.02"),
            (nights(1, "0.05", Fraction(1, 2)), "0.03"),
            (nights(30, "200"), "200.00"),
            (nights(0, "200"), "0.00"),
        ],
    )
    def test_half_a_cent_goes_up(self, payment, amount):
        """Exactly half a cent is rounded up, whether the cent before it is even or odd; less is rounded down."""
        assert str(ROUNDINGS["cent-half-up"].apply(payment)) == amount

    @pytest.mark.parametrize(
        ("payment", "amount"),
        [
            (nights(7, "200"), "46.00"),
            (nights(1, "46.99", Fraction(1)), "46.00"),
            (nights(1, "47", Fraction(1)), "47.00"),
            (nights(1, "0.99", Fraction(1)), "0.00"),
        ],
    )
    def test_cents_are_cut(self, payment, amount):
        """What is above the whole is cut off, and a whole amount stays."""
        assert str(ROUNDINGS["euro-down"].apply(payment)) == amount

    @pytest.mark.parametrize(
        ("payment", "amount"),
        [
            (nights(1, "200"), "6.67"),
            (nights(7, "200"), "46.69"),
            (nights(30, "200"), "200.10"),
            (nights(30, "100"), "99.90"),
            (nights(0, "200"), "0.00"),
            (nights(4, "0.01", Fraction(1, 2)), "0.04"),
        ],
    )
    def test_the_rate_of_a_night_is_rounded_before_it_is_multiplied(self, payment, amount):
        """A thirtieth of 200 is 6.67, and it is 6.67 that is paid for every night."""
        assert str(ROUNDINGS["daily-rate-to-the-cent-first"].apply(payment)) == amount


class TestProperties:
    """What holds for every amount."""

    @given(payments)
    def test_the_rounded_amount_is_within_half_a_cent(self, payment):
        """The usual policy never moves an amount by more than half a cent, and down by less than that."""
        moved = Fraction(ROUNDINGS["cent-half-up"].apply(payment)) - payment.exact
        assert -CENT / 2 < moved <= CENT / 2

    @given(payments)
    def test_a_cut_amount_is_never_more_than_the_exact_one(self, payment):
        """Cutting takes less than one, never adds, and leaves a whole number."""
        cut = ROUNDINGS["euro-down"].apply(payment)
        assert 0 <= payment.exact - Fraction(cut) < 1
        assert Fraction(cut).denominator == 1

    @given(payments)
    def test_rounding_the_rate_first_moves_each_unit_by_half_a_cent_at_most(self, payment):
        """The difference grows with the units and never faster."""
        moved = Fraction(ROUNDINGS["daily-rate-to-the-cent-first"].apply(payment)) - payment.exact
        assert abs(moved) <= payment.quantity * CENT / 2

    @pytest.mark.parametrize("name", ROUNDINGS)
    @given(payment=payments, more=st.integers(1, 30))
    def test_more_units_never_pay_less(self, name, payment, more):
        """Under no policy does a longer stay pay less than a shorter one."""
        longer = attrs.evolve(payment, quantity=payment.quantity + more)
        assert ROUNDINGS[name].apply(longer) >= ROUNDINGS[name].apply(payment)

    @pytest.mark.parametrize("name", ROUNDINGS)
    @given(payment=payments)
    def test_every_amount_is_written_with_two_decimals(self, name, payment):
        """Money has cents, also where they are zero."""
        assert ROUNDINGS[name].apply(payment).as_tuple().exponent == -2
