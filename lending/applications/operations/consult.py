"""Asking the credit register before a case is decided."""

from datetime import date, datetime

from accounts.identity import consents
from accounts.identity import queries as identity
from lending.applications import judgment
from lending.applications.models import Application
from lending.applications.states import Status
from lending.credit import operations as credit
from lending.credit import policy as credit_policy
from lending.credit import queries, register


def consult_register(reference: str, *, at: datetime, on: date) -> None:
    """Ask the credit register about a submitted case, where the policy in force wants to know and an owner agreed.

    Asked before the decision's transaction begins, so that nothing is locked while the register takes its time. What
    it answered lately is not asked again; without an answer the rules that need one refer.
    """
    application = Application.objects.select_related("enterprise").get(reference=reference)
    enterprise, policy = application.enterprise, queries.policy_in_force(on=on)
    if application.status != Status.SUBMITTED or policy is None or not register.is_there():
        return
    if not credit_policy.asks_for(policy.table, credit_policy.REGISTER):
        return
    consent = identity.consent_of(enterprise, purpose=consents.CREDIT_REGISTER)
    good_days = judgment.register_good_days(policy)
    if consent is None or queries.register_answer_of(enterprise, at=at, good_days=good_days):
        return
    answer = register.ask(identifier_kind=enterprise.identifier_kind, identifier=enterprise.identifier)
    if answer:
        credit.keep_register_answer(enterprise, answer.told, consent=consent, source=answer.source, at=at)
