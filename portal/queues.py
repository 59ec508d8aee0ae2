"""Which queue a task waits in and how long it may take; settings that the others take over.

A task of the books takes longer the more people bank here, and comes so seldom that what a limit cuts off would be
missed; what comes every few minutes goes on the next time. Redis knows of one visibility timeout for all queues, and
hands out again what took longer: so it exceeds every limit. What dies with a machine need not wait so long: promises
are sent again by the sweeper.
"""

from typing import Any, Final

from kombu import Queue  # type: ignore[attr-defined]  # kombu carries no types

SHORT: Final = 300  # seconds
A_NIGHT: Final = 4 * 3600
PROMPT_QUEUE = "celery"  # what somebody waits for
HEAVY_QUEUE = "heavy"  # files and whole books; a worker without -Q takes both
CELERY_TASK_QUEUES = [
    Queue(name, routing_key=name)  # type: ignore[no-untyped-call]
    for name in (PROMPT_QUEUE, HEAVY_QUEUE)
]
FILES: Final = (
    "cashflow.read", "identity.load_watchlist", "identity.read_watchlist", "settlement.read_nostro",
    "settlement.reconcile",
)  # fmt: skip
BOOKS: Final = (
    "identity.screen_book", "ledger.check_books", "ledger.check_chains", "ledger.take_snapshots", "lending.check_loans",
    "lending.collect_due", "lending.end_lines", "lending.expire_offers", "lending.lapse_introductions",
    "lending.lapse_proposals", "lending.post_allowances", "lending.remind", "lending.replay_decisions",
    "lending.weigh_again", "portal.tell_of_failures", "settlement.carry_out_standing_orders", "settlement.collect",
    "settlement.end_day",
)  # fmt: skip
CELERY_TASK_ROUTES = {task: {"queue": HEAVY_QUEUE} for task in FILES + BOOKS}
CELERY_TASK_TIME_LIMIT = SHORT
# seconds for a new process of a pool to come up: after Celery's four a busy machine would end each one, for ever
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 120.0
CELERY_TASK_ANNOTATIONS: dict[str, Any] = {task: {"time_limit": A_NIGHT} for task in BOOKS}
ANSWERS_WITHIN: Final = 2  # seconds: else whoever promises something waits for ever where Redis hangs
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": A_NIGHT + SHORT,
    "socket_timeout": ANSWERS_WITHIN,
    "socket_connect_timeout": ANSWERS_WITHIN,
}
