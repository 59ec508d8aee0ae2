"""An owner found a mistyped name: one of the bank looked at the license and proposes; a second person's word waits."""

from accounts.identity import operations as identity
from accounts.identity.models import Membership, MembershipRole
from portal.seed.cast import OFFICERS
from portal.seed.story import Story


def tell_of_a_correction(story: Story) -> None:
    """Let the newest owner ask for another name, and an officer propose it."""
    newest = (
        Membership.objects.filter(role=MembershipRole.OWNER).select_related("enterprise__branch").order_by("-pk")[0]
    )
    enterprise = newest.enterprise
    asked = identity.AskedCorrection({"legal_name": f"{enterprise.legal_name}（个体）"}, "执照上的名称还有这几个字")
    [made] = identity.ask_correction(
        enterprise, asked, key="seed-correction", by=newest.user, at=story.moment(story.today, 8)
    )
    identity.propose_correction(made, by=story.staff[OFFICERS[enterprise.branch.code]], at=story.moment(story.today, 9))
