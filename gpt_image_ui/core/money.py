"""Credits are whole numbers; money is whole micro-units of a currency (1,000,000 = 1 USD). Neither is ever a float."""


def credits_for(micros: int, micros_per_credit: int) -> int:
    """Credits that cover an amount of money, rounded up so that a price never undershoots its cost."""
    assert micros >= 0
    assert micros_per_credit > 0
    return -(-micros // micros_per_credit)


def credits_text(amount: int) -> str:
    """'1 credit', '88 credits', '1,284 credits'."""
    return f"{amount:,} credit{'' if abs(amount) == 1 else 's'}"


def dollars_text(micros: int) -> str:
    """'$0.05', '-$3.00'; amounts under a cent keep four digits, so that a small price does not read as free."""
    sign, size = "-" if micros < 0 else "", abs(micros)
    if 0 < size < 100:
        return f"under {sign}$0.0001"
    if size < 10_000 and size:
        return f"{sign}$0.{(size + 50) // 100:04d}"
    cents = (size + 5_000) // 10_000
    return f"{sign}${cents // 100:,}.{cents % 100:02d}"
