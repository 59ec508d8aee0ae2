"""What the proofs about signing in do as a person would."""

import re

from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse

from portal.core.models import Notice
from portal.core.notices.operations import text_of

PASSWORD = "three-odd-words"
NUMBER = "138 0013 8000"
E164 = "+8613800138000"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def newest_code(channel="sms"):
    notice = Notice.objects.filter(channel=channel).latest("pk")
    return re.search(r"\d{6}", text_of(notice)).group()


def sign_up(browser, **changed):
    data = {"full_name": "Li Na", "phone": NUMBER, "email": "", "password1": PASSWORD}
    return browser.post(reverse("account_signup"), data | changed)


def sign_in(browser, login=NUMBER, password=PASSWORD):
    return browser.post(reverse("account_login"), {"login": login, "password": password})


def code_now(secret=SECRET, step=0):
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time())) + step))


def give_authenticator(user):
    return totp.TOTP.activate(user, SECRET)
