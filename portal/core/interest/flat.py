"""Flat interest: charged on the whole principal to the end, whatever has been repaid."""

from collections.abc import Iterator, Sequence
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from portal.core.interest.periods import Period
from portal.core.interest.rows import ZERO, Row, decimal, rounded, spread, to_multiple
from portal.core.interest.terms import Terms


def flat_rows(principal: Decimal, terms: Terms, laid_out: Sequence[Period]) -> list[Row]:
    """Spread interest on the whole principal over the installments that bear any, principal over those where due.

    Interest is principal times rate times the whole time. With an installment multiple the total of an installment is
    rounded and principal gives way; the nearest multiple first, then the one below, then none.
    """
    bearing = [period.growth > 0 for period in laid_out]
    exact_interest = Fraction(principal) * sum((period.growth for period in laid_out), Fraction(0))
    part = rounded(decimal(exact_interest / (sum(bearing) or 1)), terms)
    interests = spread(rounded(decimal(exact_interest), terms), [part if bears else ZERO for bears in bearing])

    due = [period.principal_due for period in laid_out]
    share = next(share for share in _shares(principal, part, sum(due), terms) if share is not None)
    principals = spread(principal, [share if is_due else ZERO for is_due in due])
    return [Row(period.number, *amounts) for period, *amounts in zip(laid_out, principals, interests, strict=True)]


def _shares(principal: Decimal, interest_part: Decimal, count: int, terms: Terms) -> Iterator[Decimal | None]:
    """List the principal parts to try; None where a multiple would leave nothing for the last installment."""
    exact = decimal(Fraction(principal) / count)
    if terms.installment_multiple is not None:
        for how in (terms.rounding, ROUND_DOWN):
            share = to_multiple(exact + interest_part, terms.installment_multiple, how) - interest_part
            yield share if share > 0 and share * (count - 1) < principal else None
    yield rounded(exact, terms)
