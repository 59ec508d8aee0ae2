"""What runs when by itself; hours are those of the bank's own clock, `TIME_ZONE`."""

from typing import Any, Final

from celery.schedules import crontab

CELERY_BEAT_SCHEDULE: Final[dict[str, dict[str, Any]]] = {
    "sweep promises": {"task": "core.sweep", "schedule": 10.0},
    "sweep webhooks": {"task": "core.sweep_webhooks", "schedule": 15.0},
    "tell owners": {"task": "settlement.announce", "schedule": 20.0},
    "seal the audit trail": {"task": "core.seal", "schedule": 30.0},
    "seal the books": {"task": "ledger.seal", "schedule": 30.0},
    "release holds": {"task": "ledger.expire_holds", "schedule": 60.0},
    "show that workers live": {"task": "core.heartbeat", "schedule": 10.0},
    "remember balances": {"task": "ledger.take_snapshots", "schedule": crontab(hour="1", minute="10")},
    "send payments": {"task": "settlement.send_payments", "schedule": crontab(minute="*/15")},  # pages say so
    "take in our own books": {"task": "cashflow.absorb", "schedule": 60.0},
    "carry out standing orders": {"task": "settlement.carry_out_standing_orders", "schedule": crontab(minute="5")},
    "make bills and remind": {"task": "settlement.collect", "schedule": crontab(minute="20", hour="8-19")},
    "pay batches": {"task": "settlement.pay_due_batches", "schedule": crontab(minute="*/5")},
    "interest and fees": {"task": "settlement.end_day", "schedule": crontab(hour="0", minute="40")},
    "check the books": {"task": "ledger.check_books", "schedule": crontab(hour="1", minute="30")},
    "check the chains": {"task": "ledger.check_chains", "schedule": crontab(hour="1", minute="50")},
    "check the loans": {"task": "lending.check_loans", "schedule": crontab(hour="1", minute="40")},
    "collect installments": {
        "task": "lending.collect_due",
        "schedule": crontab(hour="21-23", minute="0"),
    },  # in the evening, so that a due day is the owner's to pay on; again, lest a machine that died make it late
    "weigh loans": {"task": "lending.weigh_again", "schedule": crontab(hour="0", minute="50")},
    "remind of installments": {"task": "lending.remind", "schedule": crontab(hour="9", minute="0")},
    "end credit lines": {"task": "lending.end_lines", "schedule": crontab(hour="9", minute="10")},
    "end offers": {"task": "lending.expire_offers", "schedule": crontab(hour="0", minute="20")},
    "end proposals": {"task": "lending.lapse_proposals", "schedule": crontab(hour="0", minute="25")},
    "end introductions": {"task": "lending.lapse_introductions", "schedule": crontab(hour="0", minute="30")},
    "post the allowance": {"task": "lending.post_allowances", "schedule": crontab(hour="1", minute="50")},
    "tell what failed alone": {"task": "portal.tell_of_failures", "schedule": crontab(hour="2", minute="30")},
    "repeat the decisions": {"task": "lending.replay_decisions", "schedule": crontab(hour="2", minute="10")},
}
