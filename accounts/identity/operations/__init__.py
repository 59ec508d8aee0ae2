"""What happens to people and enterprises."""

from accounts.identity.operations.branches import name_branch, open_branch
from accounts.identity.operations.industries import load_industries
from accounts.identity.operations.language import keep_language
from accounts.identity.operations.members import (
    accept_invitation,
    bind_invitations,
    decline_invitation,
    end_membership,
    invite_manager,
    withdraw_invitation,
)
from accounts.identity.operations.posts import end_post, give_post
from accounts.identity.operations.register import EnterpriseDetails, register_enterprise
from accounts.identity.operations.signing import confirm_signing_code, send_signing_code
from accounts.identity.operations.tokens import end_token, give_token

__all__ = [
    "EnterpriseDetails",
    "accept_invitation",
    "bind_invitations",
    "confirm_signing_code",
    "decline_invitation",
    "end_membership",
    "end_post",
    "end_token",
    "give_post",
    "give_token",
    "invite_manager",
    "keep_language",
    "load_industries",
    "name_branch",
    "open_branch",
    "register_enterprise",
    "send_signing_code",
    "withdraw_invitation",
]
