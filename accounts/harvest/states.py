"""Where a planting stands."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from portal.core.badges import Badge

TOLD: Final = Badge(_("Told"), "neutral")
SEEN: Final = Badge(_("Seen"), "success")
