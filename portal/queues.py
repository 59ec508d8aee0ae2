"""Which queue a task waits in; settings that the others take over."""

from kombu import Queue  # type: ignore[attr-defined]  # kombu carries no types

PROMPT_QUEUE = "celery"  # what somebody waits for
HEAVY_QUEUE = "heavy"  # files and whole books; a worker without -Q takes both
CELERY_TASK_QUEUES = [
    Queue(name, routing_key=name)  # type: ignore[no-untyped-call]
    for name in (PROMPT_QUEUE, HEAVY_QUEUE)
]
CELERY_TASK_ROUTES = {
    task: {"queue": HEAVY_QUEUE} for task in (
        "cashflow.read", "identity.load_watchlist", "identity.read_watchlist", "identity.screen_book",
        "ledger.check_books", "ledger.take_snapshots", "lending.check_loans", "lending.post_allowances",
        "lending.replay_decisions", "settlement.end_day", "settlement.read_nostro", "settlement.reconcile",
    )
}  # fmt: skip
