"""What stands in the way of taking money back from an account, by name."""

from typing import Final

from django.utils.translation import gettext as _

from accounts.ledger import events
from accounts.ledger import queries as ledger
from accounts.ledger.models import Direction, JournalEntry, Posting
from accounts.settlement.models import SettlementAccount
from portal.core.formats import day, moment, money

NAMED: Final = 5


def spent_since(account: SettlementAccount, entry: JournalEntry) -> list[str]:
    """Name what left an account since an entry, the newest first, and what is kept back on it."""
    left = Posting.objects.filter(
        ledger_account=account.ledger_account_id,
        direction=Direction.DEBIT,
        entry__pk__gt=entry.pk,
        entry__reverses=None,
        entry__reversed_by=None,
    )
    debits = left.select_related("entry").order_by("-entry__pk")[:NAMED]
    holds = ledger.pending_holds(account.ledger_account)[:NAMED]
    return [
        *(_("%(what)s %(amount)s on %(day)s (%(reference)s)") % _debit(account, posting) for posting in debits),
        *(
            _("%(amount)s kept back until %(until)s (%(reference)s)")
            % {
                "amount": money(hold.amount, account.currency),
                "until": moment(hold.expires_at),
                "reference": hold.reference,
            }
            for hold in holds
        ),
    ]


def _debit(account: SettlementAccount, posting: Posting) -> dict[str, str]:
    entry = posting.entry
    return {
        "what": events.name_of(entry.event),
        "amount": money(posting.amount, account.currency),
        "day": day(posting.effective_date),
        "reference": entry.reference if entry.subject == account.reference else entry.subject,
    }
