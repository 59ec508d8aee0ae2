"""A draw is repaid early on the narrowest phone, in Chinese and without JavaScript, by an owner who presses twice."""

import base64
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By

from accounts.settlement.tests.builders import make_deposit
from lending.loans.models import Repayment
from lending.loans.states import LoanStatus
from lending.loans.tests.builders import make_offer_today
from lending.loans.tests.lines import draw, make_line_product, open_line
from portal.core.formats import money
from portal.core.tests.browser import driver, picture
from portal.pages.tests.visitor import Visitor

DAYS = timedelta(days=12)


def keep_picture(browser, name):
    """Keep what the page looks like, where ``PICTURES`` names a folder."""
    if folder := os.environ.get("PICTURES"):
        Path(folder, f"{name}.png").write_bytes(base64.b64decode(picture(browser)))


def press_twice(browser):
    ActionChains(browser).double_click(browser.find_element(By.CSS_SELECTOR, "main input[type=submit]")).perform()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_costs_the_days_whatever_is_pressed_how_often(live_server, settings, bank, enterprise, owner):
    settings.ALLOWED_HOSTS = ["*"]
    cache.clear()
    make_line_product()
    then = timezone.now() - DAYS
    line = open_line(make_offer_today(enterprise, by=owner), by=owner, at=then, on=timezone.localdate(then))
    loan = draw(line, "6000", by=owner, months=3, at=then, on=timezone.localdate(then))
    make_deposit(line.settlement_account, "500.00")
    interest = (6000 * line.annual_rate * DAYS.days / 365).quantize(loan.principal_amount)
    with driver(320, language="zh-hans", scripts=False) as browser:
        client = Client()
        client.force_login(owner, backend=django_settings.AUTHENTICATION_BACKENDS[0])
        browser.get(f"{live_server.url}/health/live")
        browser.add_cookie({"name": "sessionid", "value": client.cookies["sessionid"].value})
        browser.add_cookie({"name": "language", "value": "zh-hans"})
        visitor = Visitor(browser, live_server.url)
        visitor.open(f"/loans/{loan.reference}/repay/")
        keep_picture(browser, "repay")
        visitor.fill(amount="3000")
        press_twice(browser)
        visitor.see(f"其中{money(interest)}为截至今天的利息。", "尚未还款")
        assert not Repayment.objects.exists()
        keep_picture(browser, "early")
        press_twice(browser)
        visitor.see("还款已入账")
        keep_picture(browser, "repaid")
        browser.back()
        keep_picture(browser, "back")
        assert Repayment.objects.count() == 1

        visitor.open(f"/loans/{loan.reference}/repay/?all=1")
        keep_picture(browser, "all")
        press_twice(browser)
        visitor.see("结清")
        keep_picture(browser, "ends")
        press_twice(browser)
        visitor.see("还款已入账")
        keep_picture(browser, "ended")
    loan.refresh_from_db()
    assert (loan.status, Repayment.objects.count()) == (LoanStatus.REPAID, 2)
    assert sum(row.interest_paid_amount for row in loan.installments.all()) == interest
