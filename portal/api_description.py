"""How the API describes itself, and what its enumerations are called."""

from typing import Any, Final

DESCRIPTION: Final = """\
Enterprises, applications, loans and settlement accounts, by the same operations as the pages.

## Tokens
`POST /api/v1/tokens` gives one for ten hours, or the page Programs of the portal. Send it as `Authorization: Token
…`. It may do what its person may: of what others own, it is told 404; what its role does not let it do is 403
`permission_denied`. A bookkeeper's token reads accounts, statements, payments, evidence and loans; whatever else it
asks of the same enterprise is refused: 403 `only_reads`.

## What is sent and told
JSON, or multipart where files go along. A name that nobody knows is refused, not ignored. Amounts and rates are text,
as `"1500.00"` and `"0.0660"` (6.60 %), never floats; days are `2026-11-30`, moments carry their offset. References,
as `A-7K3QX9TM`, name things for good.

## Sent twice
What makes something asks for an `Idempotency-Key` of your own, new for each thing: a UUID, say. The same request
under the same key, however often, makes one thing and is told that one; so after a lost answer send it again. The key
with other content is refused: 409 `key_reused`. Without a key: 400 `key_missing`. Verbs without a key change nothing
the second time, or are refused with 409.

## Lists
Newest first, 25 at once; `page_size` asks for up to 100. `next` is the address of the next page, or null.

## Refusals
Every one is `application/problem+json` (RFC 9457). Go by `code`, never by `detail`, which is a sentence in the
language of `Accept-Language` (`en`, `zh-hans`). What each code says is on [the page of codes](/api/problems).

| status | when |
| --- | --- |
| 400 | the request does not fit its shape; `errors` tells which field, by its path |
| 401 | no token, or one that has ended |
| 403, 404 | not for you; not there, or not yours to see |
| 409 | it has moved on meanwhile, or the key was used: read how it stands, do not repeat |
| 422 | understood, and the bank says no: `code` and `params` tell why |
| 429 | too often: more than 600 requests a minute, or 10 for tokens, unless the bank set it otherwise; `Retry-After` |
| 503 | a fault of ours; the same may go well after `Retry-After` seconds |

## Webhooks
An address that an owner adds is told by `POST` what happens: `{"type": "account.money_in", "timestamp": "…", "data":
{…}}`. `data` names the `settlement_account`, `amount`, `currency` and `effective_date`; of movements (`account.…`)
also the `entry` and its `event`, of payments (`payment.…`) the `payment`. Signed as in Standard Webhooks 1.0:
`webhook-id`, `webhook-timestamp` and `webhook-signature`, which holds `v1,` and the base64 of HMAC-SHA-256, by the
secret (base64 after `whsec_`), of `id.timestamp.body`, once or, for a day after the secret was changed, twice. Check
it over the bytes as they came, and refuse old timestamps. A message may come more than once, and not in order: go by
`webhook-id`. Answer with 2xx within ten seconds; redirects are not followed. Otherwise it comes again after 30
seconds, 2 and 10 minutes, 1, 4, 12 and 24 hours; after the last try the address is switched off until it is enabled,
and what was missed can be replayed.
"""
SPECTACULAR_SETTINGS: Final[dict[str, Any]] = {
    "TITLE": "Loan portal API",
    "DESCRIPTION": DESCRIPTION,
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "portal.core.schema.add_refusals"],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "DocumentKindEnum": "lending.applications.models.DocumentKind",
        "PaperKindEnum": "accounts.identity.models.PaperKind",
        "FrequencyEnum": "accounts.settlement.standing.Frequency",
        "BillFrequencyEnum": ["weekly", "monthly", "quarterly", "yearly"],
        "EvidenceStatusEnum": "accounts.cashflow.states.Status",
        "SegmentKindEnum": ["section", "setting", "age"],
        "RequestStatusEnum": "accounts.settlement.requesting.RequestStatus",
        "WayEnum": "accounts.settlement.states.Way",
        "DeliveryWayEnum": "accounts.settlement.drawer_states.DeliveryWay",
        "ContactWayEnum": "lending.arrears.models.ContactWay",
        "RevocationReasonEnum": "lending.applications.models.RevocationReason",
        "ReviewOutcomeEnum": "lending.applications.models.ReviewOutcome",
        "RevocationOutcomeEnum": "lending.applications.models.RevocationOutcome",
        "DrawerKindEnum": "accounts.settlement.drawer_states.DrawerKind",
        "SideEnum": "accounts.ledger.models.Direction",
        "InvoiceDirectionEnum": "accounts.cashflow.states.Direction",
        "AccountKindEnum": "accounts.ledger.models.AccountKind",
        "CashStatusEnum": "accounts.settlement.states.CashStatus",
        "NostroStatusEnum": "accounts.settlement.nostro_states.StatementStatus",
        "NostroLineStatusEnum": "accounts.settlement.nostro_states.LineStatus",
        "NostroLineKindEnum": "accounts.settlement.nostro_states.LineKind",
        "SuspenseStatusEnum": "accounts.settlement.nostro_states.SuspenseStatus",
        "ClearingEnum": "accounts.settlement.nostro_states.Clearing",
    },
}
