"""Gathers the slices' models for Django; nobody else imports this."""

from lending.credit.models import Exposure, IndustryStandard, Policy, Scorecard, StandardEdition

__all__ = ["Exposure", "IndustryStandard", "Policy", "Scorecard", "StandardEdition"]
