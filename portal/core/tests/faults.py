"""Faults of ours, made by the database."""

from django.conf import settings
from django.db import connection
from django.db.models import Model


def break_writes(model: type[Model], condition: str) -> None:
    """Let each write of a row fail, until the test is over, as a fault of ours would.

    :param condition: which rows, in SQL, such as ``NEW.id = 7``.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table with pending events takes a trigger
        cursor.execute("RESET ROLE")
        cursor.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a fault of ours'; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER fail BEFORE INSERT OR UPDATE ON {model._meta.db_table} "
            f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION fail()"
        )
        cursor.execute(f"SET ROLE {settings.RUNTIME_ROLE}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def mend_writes(model: type[Model]) -> None:
    """Let rows be written again."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("RESET ROLE")
        cursor.execute(f"DROP TRIGGER fail ON {model._meta.db_table}")
        cursor.execute("DROP FUNCTION fail()")
        cursor.execute(f"SET ROLE {settings.RUNTIME_ROLE}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
