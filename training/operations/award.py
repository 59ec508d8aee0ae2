"""Certify what was learned. An inner step of submitting an attempt."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from accounts.identity.operations import clearances
from portal.core import audit
from portal.core.dates import add_months
from training.models import Attempt, Certificate


def award(attempt: Attempt, *, at: datetime) -> Certificate:
    """Award the certificate of a passed attempt and the clearance that goes with it.

    A learner who still holds a valid certificate of the course keeps that one.
    """
    assert connection.in_atomic_block, "a certificate belongs to the transaction that passes the attempt"
    assert attempt.passed, "only a passed attempt earns a certificate"
    enrollment = attempt.enrollment
    on = timezone.localtime(at).date()
    held = Certificate.objects.filter(attempt__enrollment=enrollment).valid(on).first()
    if held is not None:
        return held
    course, user = enrollment.course, enrollment.user
    certificate = Certificate.objects.create(
        attempt=attempt,
        course=course,
        holder_name=user.full_name,
        title_en=course.title_en,
        title_zh_hans=course.title_zh_hans,
        awarded_at=at,
        awarded_on=on,
        valid_until=add_months(on, course.valid_months),
    )
    if course.clearance_code:
        clearances.grant_clearance(user, course.clearance_code, at=at, source=certificate.code)
    details = {"course": course.slug, "attempt": attempt.reference, "valid_until": certificate.valid_until}
    audit.record("training.award", subject=certificate.code, by=user.reference, at=at, details=details)
    return certificate
