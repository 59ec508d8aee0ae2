"""Django's handle on this department."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LendingConfig(AppConfig):
    """Gathers the slices under one label and one migration history."""

    name = "lending"
    verbose_name = _("Lending")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let Django's checks look at the rules for losses."""
        from lending.loans.losses import checks  # noqa: F401 - models are there only now
