"""Why a password will not do, in our words: Django's catalogs lag behind its own sentences."""

from django.contrib.auth import password_validation as django
from django.utils.translation import gettext as _


class LongEnough(django.MinimumLengthValidator):
    """Refuse what is short."""

    def get_error_message(self) -> str:
        """Say how long it must be."""
        return _("This password is too short. Use at least %(least)s characters.") % {"least": self.min_length}


class UnlikeThePerson(django.UserAttributeSimilarityValidator):
    """Refuse what is nearly the person's e-mail."""

    def get_error_message(self) -> str:
        """Say what it resembles; the validator fills in what that is called."""
        return _("This password is too much like your %(verbose_name)s. Choose another one.")


class Uncommon(django.CommonPasswordValidator):
    """Refuse what thousands of others use."""

    def get_error_message(self) -> str:
        """Say so."""
        return _("Many people use this password, so it is easily guessed. Choose another one.")
