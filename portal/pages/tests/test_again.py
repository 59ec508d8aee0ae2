"""A form that is only shown again does nothing, whatever its view would do."""

from typing import Any

import pytest
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.http import require_POST
from redis.exceptions import RedisError

from accounts.identity.models import User
from portal.core.refusals import shown_on
from portal.pages.again import READS
from portal.urls import urlpatterns as of_the_house


@login_not_required
def view(request: HttpRequest) -> HttpResponse:
    """Do what the answers ask for, sent or not."""
    if "name" in request.POST:
        User.objects.update(full_name=request.POST["name"])
    if "away" in request.POST:
        raise RedisError
    if "lock" in request.POST:
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).first()
    return HttpResponse(f"{request.method} {request.POST['seen']}")


@login_not_required
@require_POST
def verb(request: HttpRequest) -> HttpResponse:
    """Do what a form asks for, or tell why not above it."""
    form = forms.Form(request.POST)
    if "question" in request.POST:
        with connection.cursor() as cursor:
            cursor.execute(request.POST["question"])
    with shown_on(form):
        User.objects.update(full_name=request.POST["name"])
    return HttpResponse(f"{request.POST['name']} {form.non_field_errors()} {len(request.FILES)} files")


urlpatterns = [*of_the_house, path("page/", view), path("page/verb/", verb)]


@pytest.fixture
def look(owner, settings):
    """Send a form to a view that does what it is told."""
    settings.ROOT_URLCONF = __name__

    def send(answers: dict[str, str]) -> Any:
        return Client().post("/page/?tab=2", {"seen": "typed"} | answers)

    return send


class TestShownAgain:
    def test_reads_the_page_with_the_answers(self, look):
        assert look({"shown_again": "1"}).text == "GET typed"

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("told", [{"name": "Somebody Else"}, {"lock": "1"}])
    def test_stops_a_view_that_would_write(self, look, owner, told):
        stopped = look(told | {"shown_again": "1"})
        assert (stopped.status_code, stopped.url) == (302, "/page/?tab=2")
        assert User.objects.get(pk=owner.pk).full_name == owner.full_name

    @pytest.mark.django_db(transaction=True)
    def test_takes_a_form_where_there_is_no_page(self, look, owner):
        """It would be taken: this is said above it, and it is not sent."""
        told = Client().post("/page/verb/", {"name": "Somebody Else", "shown_again": "1"}).text
        assert told.startswith("Somebody Else ")
        assert "Nothing was sent yet" in told
        assert User.objects.get(pk=owner.pk).full_name == owner.full_name

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize(
        "question", ["SELECT nextval('core_auditevent_id_seq')", 'SELECT "id" FROM "accounts_user" FOR SHARE']
    )
    def test_has_the_database_refuse_what_looks_like_a_question(self, look, owner, question):
        with pytest.raises(InternalError, match="read-only transaction"):
            Client().post("/page/verb/", {"name": "Typed", "question": question, "shown_again": "1"})
        Client().post("/page/verb/", {"name": "Somebody Else", "question": question})
        assert User.objects.get(pk=owner.pk).full_name == "Somebody Else"

    def test_takes_no_files(self, look):
        answers = {"name": "Typed", "file": SimpleUploadedFile("a.pdf", b"x"), "shown_again": "1"}
        assert Client().post("/page/verb/", answers).text.endswith(" 0 files")

    def test_looks_at_the_token_first(self, look):
        strict = Client(enforce_csrf_checks=True)
        assert strict.post("/page/verb/", {"name": "Typed", "shown_again": "1"}).status_code == 403

    def test_leaves_other_forms_to_their_views(self, look, owner):
        assert look({"name": "Somebody Else"}).text == "POST typed"
        assert User.objects.get(pk=owner.pk).full_name == "Somebody Else"

    def test_lets_others_say_what_failed(self, look):
        assert look({"shown_again": "1", "away": "1"}).status_code == 503


class TestReads:
    @pytest.mark.parametrize(
        "sql",
        [
            "INSERT INTO a VALUES (1)",
            " update a SET b = 1",
            "WITH old AS (SELECT 1) INSERT INTO a SELECT * FROM old",
            "WITH new AS (UPDATE a SET b = 1 RETURNING b) SELECT * FROM new",
            "WITH gone AS (DELETE FROM a RETURNING b) SELECT * FROM gone",
            "(SELECT 1) UNION (SELECT accounts_post_entry(%s))",
            "SELECT accounts_post_entry(%s)",
            'SELECT "a" FROM "b" FOR NO KEY UPDATE OF "b"',
            "TRUNCATE a",
        ],
    )
    def test_is_nothing_that_writes(self, sql):
        assert not READS.match(sql)

    @pytest.mark.parametrize(
        "sql", ['SELECT "updated_at" FROM "a"', "WITH a AS (SELECT 1) SELECT * FROM a", "(SELECT 1) UNION (SELECT 2)"]
    )
    def test_is_what_asks(self, sql):
        assert READS.match(sql)
