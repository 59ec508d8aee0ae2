"""Gathers the slices' models for Django; nobody else imports this."""

from accounts.identity.models import (
    Branch,
    Clearance,
    Consent,
    Enterprise,
    Industry,
    Membership,
    SigningCode,
    StaffPost,
    User,
)

__all__ = ["Branch", "Clearance", "Consent", "Enterprise", "Industry", "Membership", "SigningCode", "StaffPost", "User"]
