"""A process that transfers at random between some accounts; a lost connection is taken up again with the same key."""

import json
import random
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import django

TODAY = date(2026, 3, 2)


def main(told):
    """Transfer as often as told, and write each acknowledged key down."""
    from django.conf import settings

    django.setup()
    from django.db import connection
    from django.db.utils import InterfaceError, OperationalError

    from accounts.ledger import operations as ledger
    from accounts.ledger.models import LedgerAccount

    settings.DATABASES["default"]["NAME"] = told["database"]
    options = {"NAME": told["options"]["dbname"], "USER": told["options"].get("user", ""),
               "PASSWORD": told["options"].get("password", ""), "HOST": told["options"].get("host", ""),
               "PORT": told["options"].get("port", "")}  # fmt: skip
    connection.settings_dict.update(options)
    connection.settings_dict["OPTIONS"] |= {
        "assume_role": settings.RUNTIME_ROLE,
        "application_name": "transferring",
    }
    chance = random.Random(told["seed"])
    accounts: list[LedgerAccount] = []
    while not accounts:  # a connection may be cut as soon as it is there
        try:
            accounts = list(LedgerAccount.objects.filter(pk__in=told["accounts"]).order_by("pk"))
        except (OperationalError, InterfaceError):
            connection.close()
    with Path(told["log"]).open("a", buffering=1) as log:
        for number in range(told["transfers"]):
            source, target = chance.sample(accounts, 2)
            key, amount = f"{told['seed']} {number}", Decimal(chance.randint(1, 3_000)) / 100
            while True:
                try:
                    transfer(ledger, key, source, target, amount)
                except (OperationalError, InterfaceError):
                    connection.close()  # the answer was lost, and so is unknown: ask again under the same key
                    continue
                except ledger.InsufficientFunds:
                    source, target = target, source
                    amount = Decimal("0.01")
                    continue
                break
            log.write(f"{key}\n")


def transfer(ledger, key, source, target, amount):
    """Post one transfer as a door would: in a durable transaction of its own."""
    from django.db import transaction
    from django.utils import timezone

    with transaction.atomic(durable=True):
        ledger.post(
            key=key,
            event="transfer",
            subject="random",
            lines=[ledger.debit(source, amount), ledger.credit(target, amount)],
            effective_date=TODAY,
            at=timezone.now(),
            by="U-RANDOM",
        )


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
