"""Money is whole fen; reading never guesses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heling.kernel.errors import BadInput
from heling.kernel.money import Money

amounts = st.integers(-(10**13), 10**13)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("12", 1200),
        ("12.5", 1250),
        ("12.50", 1250),
        ("0.01", 1),
        ("-0.01", -1),
        ("+3", 300),
        ("1,200.00", 120000),
        ("1，200", 120000),
        ("1,234,567.89", 123456789),
        ("12.50 元", 1250),
        ("12元", 1200),
        (" １２．５０ ", 1250),
        ("999999999999.99", 99999999999999),
    ],
)
def test_yuan_as_written(text: str, fen: int) -> None:
    assert Money.parse(text) == Money(fen)


@pytest.mark.parametrize(
    "text",
    [
        "", "元", "abc", ".5", "5.", "1.234", "--1", "1e3", "1 200", "十二", "١٢", "12.5.0",
        "12,50", "1,5", "1,2000", ",100", "1,,000", "1000000000000",
    ],
)  # fmt: skip
def test_what_is_not_an_amount_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="不是金额"):
        Money.parse(text)


@pytest.mark.parametrize("fen", [1.0, True, "1", None])
def test_only_int_is_money(fen: object) -> None:
    with pytest.raises(TypeError, match="whole fen"):
        Money(fen)  # type: ignore[arg-type]


def test_a_float_factor_is_refused() -> None:
    with pytest.raises(TypeError, match="whole fen"):
        Money(100) * 0.5  # type: ignore[operator]


@given(amounts)
def test_printing_reads_back(fen: int) -> None:
    assert Money.parse(str(Money(fen))) == Money(fen)


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "0.00 元"),
        (1, "0.01 元"),
        (-5, "-0.05 元"),
        (-100, "-1.00 元"),
        (123456789, "1,234,567.89 元"),
    ],
)
def test_printing(fen: int, text: str) -> None:
    assert str(Money(fen)) == text


@given(amounts, amounts, st.integers(-1000, 1000))
def test_arithmetic_is_that_of_the_fen(a: int, b: int, n: int) -> None:
    assert (Money(a) + Money(b)).fen == a + b
    assert (Money(a) - Money(b)).fen == a - b
    assert (Money(a) * n).fen == a * n
    assert (-Money(a)).fen == -a
    assert (Money(a) < Money(b)) == (a < b)
