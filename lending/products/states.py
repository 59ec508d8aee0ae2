"""How it is said whether a version of a product is offered."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.badges import Badge

OFFERED: Final = Badge(pgettext_lazy("product", "Offered"), "success")
ENDED: Final = Badge(_("No longer offered"), "neutral")
