"""Credits are whole numbers; money is whole micro-units of a currency (1,000,000 = 1 USD). Neither is ever a float."""


def credits_for(micros: int, micros_per_credit: int) -> int:
    """Credits that cover an amount of money, rounded up so that a price never undershoots its cost."""
    assert micros >= 0
    assert micros_per_credit > 0
    return -(-micros // micros_per_credit)


def credits_text(amount: int) -> str:
    """'1 credit', '88 credits', '1,284 credits'."""
    return f"{amount:,} credit{'' if amount == 1 else 's'}"


def dollars_text(micros: int) -> str:
    """'$0.05'; amounts under a cent keep four digits, so that a small price does not read as free."""
    return f"${micros / 1_000_000:.4f}" if 0 < micros < 10_000 else f"${micros / 1_000_000:,.2f}"
