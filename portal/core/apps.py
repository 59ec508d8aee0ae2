"""Django's handle on the kernel."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from portal.core import wording


class CoreConfig(AppConfig):
    """Gives the kernel its label."""

    name = "portal.core"
    label = "core"
    verbose_name = _("Core")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let forms speak in the house's words."""
        wording.put_in_place()
