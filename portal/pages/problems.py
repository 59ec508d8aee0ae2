"""The page of codes by which programs are refused: the address that each problem's ``type`` names."""

import re
from collections.abc import Iterator
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from rest_framework.exceptions import APIException

from portal.core import refusals

NAMED: Final = re.compile(r"{\w+}")


@login_not_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Tell anybody what each code says."""
    told = {each.default_code: NAMED.sub("…", str(each.default_detail)) for each in _kinds(APIException)}
    told |= {code: refusals.outline_of(code) for code in refusals.codes()}
    return render(request, "problems.html", {"codes": sorted(told.items())})


def _kinds(kind: type[APIException]) -> Iterator[type[APIException]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)
