"""Proofs of columns that hide what they hold."""

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.db import connection

from portal.core import fields
from portal.core.models import Notice
from portal.core.tests.test_notices import code


class TestEncrypt:
    def test_can_be_undone(self):
        assert fields.decrypt(fields.encrypt("绿茶店")) == "绿茶店"

    def test_never_gives_the_same_twice(self):
        assert fields.encrypt("x") != fields.encrypt("x")

    def test_survives_a_new_key(self, settings):
        old = fields.encrypt("x")
        settings.FIELD_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_KEYS]
        assert fields.decrypt(old) == "x"

    def test_cannot_be_undone_without_the_key(self, settings):
        secret = fields.encrypt("x")
        settings.FIELD_KEYS = [Fernet.generate_key().decode()]
        with pytest.raises(InvalidToken):
            fields.decrypt(secret)


class TestLookupHash:
    def test_is_equal_for_equal_values_only(self):
        assert fields.lookup_hash("a") == fields.lookup_hash("a")
        assert fields.lookup_hash("a") != fields.lookup_hash("b")

    def test_depends_on_the_key(self, settings):
        before = fields.lookup_hash("a")
        settings.LOOKUP_KEY = "another"
        assert fields.lookup_hash("a") != before


class TestEncryptedTextField:
    def test_shows_the_database_nothing(self, db):
        code()
        with connection.cursor() as cursor:
            cursor.execute("SELECT address FROM core_notice")
            assert cursor.fetchone()[0].startswith("gAAAA")
        assert Notice.objects.get().address == "+8613800138000"
