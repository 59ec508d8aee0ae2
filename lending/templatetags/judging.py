"""What components about a decision are given."""

from django import template

from lending.applications.models import CreditDecision
from lending.credit import readable

register = template.Library()


@register.simple_tag
def explanation_of(decision: CreditDecision) -> readable.Explanation:
    """Take a decision's score apart."""
    return readable.explanation_of(decision.scorecard.table, decision.features)
