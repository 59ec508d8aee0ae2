"""Why a document cannot decide anything, in sentences."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.utils.translation import gettext_lazy as _

from portal.core.coded import Coded
from portal.core.refusals import Refusal, register

_SENTENCES: Final = {
    "kind_unknown": _(
        "This is no scorecard (characteristics), no policy (knock_outs), no challenger (trees) and no industry "
        "standards (standards)."
    ),
    "nothing_new": _("Version %(version)s says the same already."),
    "shape_unknown": _("%(place)s cannot be: %(found)s."),
    "unknown_form": _("“form” must be 1."),
    "part_missing": _("The part “%(part)s” is missing."),
    "characteristics_missing": _("A scorecard needs at least one characteristic."),
    "characteristics_repeat": _("A characteristic stands there twice."),
    "link_unusable": _("“link” must tell points, odds above zero, and points that double the odds, above zero."),
    "feature_unknown": _("There is no figure “%(feature)s”."),
    "bins_open": _("%(feature)s: every bin but the last needs a bound, and the last has none."),
    "bins_unordered": _("%(feature)s: the bounds of the bins must rise."),
    "points_not_whole": _("%(feature)s: points are whole numbers."),
    "asking_for_more_earns_points": _("%(feature)s: asking for more must not earn points."),
    "input_unknown": _("Rule “%(rule)s” asks about something that nobody measures."),
    "rule_with_two_inputs": _("Rule “%(rule)s” must ask about a fact or a feature, not about both."),
    "rule_unsayable": _("Rule “%(rule)s” has a reason that tells figures which the rule does not know."),
    "rule_without_test": _("Rule “%(rule)s” needs exactly one of: at_least, at_most, is, includes."),
    "rule_of_another_kind": _("Rule “%(rule)s” cannot test its input this way."),
    "rule_would_warn": _("Rule “%(rule)s” would tell an applicant of a watchlist: it must be silent, with a reason."),
    "grades_repeat": _("A grade stands there twice."),
    "grades_unordered": _("Grades stand from best to worst, each with a rising bound, the last without one."),
    "grade_incomplete": _("Grade %(grade)s needs inflow_months, coverage and price."),
    "grade_better_than_the_one_above": _("Grade %(grade)s lends on better terms than the one above it."),
    "percentiles_fall": _("%(feature)s in trade %(industry)s: the five percentiles must all be there and never fall."),
    "tree_unsound": _("Tree %(tree)s cannot be walked."),
}
register({f"rules_{code}": text for code, text in _SENTENCES.items()})
CODES: Final = frozenset(_SENTENCES)


class RulesRefused(Refusal):
    """A document that cannot decide anything; `params` name the place."""

    @property
    def sentence_code(self) -> str:
        """Name the sentence apart from those of other slices."""
        return f"rules_{self.code}"


@contextmanager
def told() -> Iterator[None]:
    """Let what pure code refuses inside the ``with`` block be refused in a sentence."""
    try:
        yield
    except Coded as refused:
        raise RulesRefused(refused.code, **refused.params) from refused
