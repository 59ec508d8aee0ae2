"""Four eyes agree to what they saw: whoever agrees names it, and nothing else is agreed to."""

from django.utils.translation import gettext_lazy as _

from portal.core.refusals import Refusal, register

register({"changed_since": _("This has changed since you looked. Look again, then agree.")})


class ChangedSince(Refusal):
    """The person looked at something else than what would be agreed to."""

    code = "changed_since"


def check_seen(seen: object, *, shown: object) -> None:
    """Refuse agreement to anything but what was looked at.

    :param seen: what the person says was shown to them: a version, a fingerprint, a moment.
    :param shown: what would be shown to them now; ask it under the lock of what is agreed to.
    :raises ChangedSince: when it is something else.
    """
    if seen != shown:
        raise ChangedSince
