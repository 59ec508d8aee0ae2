"""How the API describes itself, and what its enumerations are called."""

from typing import Any, Final

SPECTACULAR_SETTINGS: Final[dict[str, Any]] = {
    "TITLE": "Loan portal API",
    "DESCRIPTION": (
        "Enterprises, applications and loans, by the same operations as the pages. A bookkeeper's token reads "
        "accounts, statements, payments, evidence and loans; whatever else it asks of the same enterprise is refused: "
        "403, `only_reads`."
    ),
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
