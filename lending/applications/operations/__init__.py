"""What happens to an application: the only writers of the case."""

from lending.applications.operations.consult import consult_register
from lending.applications.operations.decide import decide
from lending.applications.operations.offer import accept, expire, lapse, lock_offers_of_lines
from lending.applications.operations.prepare import (
    ApplicationRefused,
    add_document,
    begin,
    change,
    hand_out,
    remove_document,
    submit,
    withdraw,
)
from lending.applications.operations.review import FourEyesRefused, ReviewRefused, approval_limit, conclude, recommend
from lending.applications.operations.revoke import conclude_revocation, drop_revocation, revoke
from lending.applications.operations.steps import lock
