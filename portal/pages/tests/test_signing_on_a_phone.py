"""An answer on a small phone: what it costs, and the button that leads to signing, are seen at once."""

import pytest
from django.conf import settings as django_settings
from django.test import Client

from lending.loans.tests.builders import make_offer_today
from lending.products.tests.builders import make_product
from portal.core.tests.browser import driver

END = "return document.querySelector('main a.btn-primary').getBoundingClientRect().bottom"
HEIGHT = 640


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_shows_the_button_whole(live_server, settings, bank, enterprise, owner):
    settings.ALLOWED_HOSTS = ["*"]
    make_product(interest_method="equal_principal")
    offer = make_offer_today(enterprise, by=owner)
    client = Client()
    client.force_login(owner, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    with driver(320) as phone:
        size = {"width": 320, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": True}
        phone.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        phone.get(f"{live_server.url}/health/live")
        phone.add_cookie({"name": "sessionid", "value": client.cookies["sessionid"].value})
        for language in ("en", "zh-hans"):
            phone.add_cookie({"name": "language", "value": language})
            phone.get(f"{live_server.url}/applications/{offer.application.reference}/")
            assert len(phone.find_elements("css selector", ".figure")) == 4
            assert phone.execute_script(END) <= HEIGHT
