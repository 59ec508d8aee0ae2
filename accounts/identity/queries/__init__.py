"""Questions about people, enterprises and trades, and about what the bank checked of them."""

from accounts.identity.queries.corrections import (
    changes_in,
    corrected_since,
    corrections_to_settle,
    corrections_waiting,
    details_of,
    former_names_of,
    identifier_at,
    may_correct,
    name_at,
    name_on,
    person_name_at,
)
from accounts.identity.queries.dealings import Dealing, Kind, dealings_of, offer_telling
from accounts.identity.queries.diligence import (
    checks_due,
    checks_of,
    consent_of,
    document_ending,
    group_of,
    identity_verified,
    lacking_of,
    papers_of,
    papers_taken_back,
    papers_waiting,
    requirements_of,
    verified,
)
from accounts.identity.queries.finding import enterprises_matching, offer_finding, people_matching
from accounts.identity.queries.lost_phones import has_new_number, is_reachable, may_let_in_again, number_is_new
from accounts.identity.queries.people import (
    acts_for,
    awaits_signing_code,
    bookkeepers_of,
    branches_for_customers,
    branches_with_staff,
    ever_acted_for,
    ever_acted_together,
    find_industries,
    invitations_to,
    keeps_books,
    members_of,
    near_industries,
    open_invitations,
    owns,
    people_of,
    person_by_contact,
    post_requests,
    post_requests_to_decide,
    signs_with_authenticator,
    size_steps,
    staff_posts,
    telephone_for,
)
from accounts.identity.queries.screening import hits, hits_of, hits_on, stands_in_the_way
