"""What people agree to, word for word; a changed wording is a new version and the old ones stay."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ENTERPRISE_DATA: Final = "enterprise_data"
CREDIT_REGISTER: Final = "credit_register"
INTRODUCTION: Final = "introduction"
CURRENT_VERSION: Final = "2026-01"
WORDINGS: Final[dict[tuple[str, str], str | Promise]] = {
    (ENTERPRISE_DATA, "2026-01"): _(
        "I may act for this enterprise. The bank may keep what I tell and upload here, and use it to judge "
        "applications, to run the accounts of this enterprise and to compare it with others of its trade."
    ),
    (CREDIT_REGISTER, "2026-01"): _(
        "The bank may ask the credit register what other lenders report about this enterprise, to judge this "
        "application, and may keep the answer with it."
    ),
    (INTRODUCTION, "2026-01"): _(
        "The bank may pass on to this program, and to nobody else, what is listed here. I can take this back at any "
        "time; what the program has received by then it already knows."
    ),
}
