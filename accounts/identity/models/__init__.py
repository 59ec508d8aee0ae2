"""People, enterprises, branches, roles, consents, clearances; and what the bank checked about them."""

from accounts.identity.models.corrections import CorrectedDetail, DetailsCorrection, FormerName
from accounts.identity.models.diligence import (
    SUBJECT_OF_KIND,
    BeneficialOwner,
    CheckKind,
    CheckResult,
    Control,
    IdentityCheck,
    PartyKind,
    RelatedParty,
    Relation,
)
from accounts.identity.models.enterprises import (
    ACTING,
    SIZE_LABELS,
    Consent,
    Enterprise,
    IdentifierKind,
    Industry,
    Invitation,
    Membership,
    MembershipRole,
    Setting,
    _enterprise_reference,
    _invitation_reference,
)
from accounts.identity.models.lost_phones import CUSTOMER_HELPERS, IdentityPaper, LostPhone, LostPhoneStatus
from accounts.identity.models.papers import Paper, PaperKind, PaperQuerySet
from accounts.identity.models.people import (
    READERS,
    Branch,
    Clearance,
    PostRequest,
    Role,
    SigningCode,
    StaffPost,
    User,
    _user_reference,
)
from accounts.identity.models.watchlists import (
    HitRuling,
    HitStatus,
    ListKind,
    Screening,
    SubjectKind,
    Watchlist,
    WatchlistEntry,
    WatchlistHit,
    WatchlistUpload,
)
