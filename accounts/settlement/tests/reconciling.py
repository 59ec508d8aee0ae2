"""A worker that reads or books a statement, pays a batch or ends the day in the test's database, to be killed."""

import json
import sys
from datetime import UTC, date, datetime, timedelta

import django

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def main(told):
    """Read the file, book the lines that wait, pay the batch, or end the day, as the tasks do."""
    from django.conf import settings

    django.setup()
    from django.db import connection

    from accounts.settlement import operations as settlement
    from accounts.settlement.models import PaymentBatch
    from accounts.settlement.queries import nostro as nostro_queries

    connection.settings_dict.update(told["database"])
    connection.settings_dict["OPTIONS"] |= {"assume_role": settings.RUNTIME_ROLE}
    if "batch" in told:
        settlement.pay_batch(
            PaymentBatch.objects.get(reference=told["batch"]), on=NOW.date(), at=NOW + timedelta(days=1)
        )
        return
    if "night" in told:
        settlement.end_day(on=date.fromisoformat(told["night"]), at=NOW + timedelta(days=30))
        return
    if "unread" in told:
        settlement.read_nostro(told["unread"], on=NOW.date(), at=NOW)
        return
    for line in nostro_queries.lines_to_book(told["statement"]):
        settlement.reconcile_line(line, at=NOW)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
