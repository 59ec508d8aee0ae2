"""An owner who lost the phone stood at the counter today; a second person's word waits."""

from accounts.identity import operations as identity
from accounts.identity.models import IdentityPaper, Membership, MembershipRole
from portal.seed.cast import OFFICERS
from portal.seed.story import Story

NEW_NUMBER = "+8615205718888"


def tell_of_a_lost_phone(story: Story) -> None:
    """Let an officer ask to let the newest owner in again."""
    newest = Membership.objects.filter(role=MembershipRole.OWNER).order_by("-pk")[0]
    identity.report_lost_phone(
        newest.user,
        number=NEW_NUMBER,
        paper=IdentityPaper.IDENTITY_CARD,
        reason="周一赶集时手机被盗，今天换了新号",
        key="seed-lost-phone",
        by=story.staff[OFFICERS[newest.enterprise.branch.code]],
        at=story.moment(story.today, 9),
    )
