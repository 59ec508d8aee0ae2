"""What happens to people and enterprises."""

from accounts.identity.operations.agreeing import ConsentMissing, agree
from accounts.identity.operations.branches import BranchDetails, describe_branch, open_branch
from accounts.identity.operations.checks import CheckRefused, Finding, record_check
from accounts.identity.operations.corrections import (
    AskedCorrection,
    CorrectionRefused,
    agree_correction,
    ask_correction,
    propose_correction,
    refuse_correction,
    withdraw_correction,
)
from accounts.identity.operations.credentials import Change, note_change
from accounts.identity.operations.devices import forget_devices
from accounts.identity.operations.finding import note_found, note_read, show_number
from accounts.identity.operations.industries import load_industries
from accounts.identity.operations.language import keep_language
from accounts.identity.operations.lost_phones import (
    LostPhoneRefused,
    confirm_lost_phone,
    decline_lost_phone,
    report_lost_phone,
)
from accounts.identity.operations.members import (
    accept_invitation,
    bind_invitations,
    decline_invitation,
    end_membership,
    invite_bookkeeper,
    invite_manager,
    withdraw_invitation,
)
from accounts.identity.operations.moments import lock_to_change, note_judged
from accounts.identity.operations.papers import (
    PaperDetails,
    PaperRefused,
    add_paper,
    file_paper,
    hand_out,
    hand_out_file,
    look_at,
    note_handed_out,
    note_taken_back,
    take_back,
)
from accounts.identity.operations.parties import (
    PartyDetails,
    PartyRefused,
    add_beneficial_owner,
    add_related_party,
    end_party,
)
from accounts.identity.operations.posts import ask_post, confirm_post, decline_post, end_post, give_post
from accounts.identity.operations.register import (
    CLASS_DIGITS,
    EnterpriseDetails,
    register_enterprise,
    register_enterprises,
)
from accounts.identity.operations.screening import (
    RulingRefused,
    bring_up_to_date,
    note_screened,
    rule_on_hit,
    screen,
)
from accounts.identity.operations.signing import confirm_sent_code, confirm_signing_code, send_signing_code
from accounts.identity.operations.telling import tell_staff
from accounts.identity.operations.tokens import end_token, end_tokens, give_token, send_token_code
from accounts.identity.operations.watchlists import (
    WatchlistRefused,
    approve_brought,
    bring_watchlist,
    discard_brought,
    load_brought,
    load_watchlist,
    read_brought,
)
