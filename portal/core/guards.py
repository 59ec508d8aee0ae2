"""Migration operations that let the database keep what must never be rewritten."""

from django.conf import settings
from django.core.management import CommandError
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

APPEND_ONLY_FUNCTION = """
CREATE FUNCTION portal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def append_only(table: str) -> migrations.RunSQL:
    """Refuse UPDATE and DELETE on a table, to everyone."""
    return migrations.RunSQL(
        f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION portal_append_only();""",
        f"DROP TRIGGER {table}_append_only ON {table};",
    )


def keeping(rows: str, *, why: str) -> migrations.RunPython:
    """Refuse to go backwards while rows stand that would be lost or untrue.

    :param rows: a table, with a condition where only some of its rows matter, such as ``letters WHERE sent``.
    """

    def check(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        with editor.connection.cursor() as cursor:
            cursor.execute(f"SELECT EXISTS (SELECT FROM {rows})")  # noqa: S608 - our own text
            (standing,) = cursor.fetchone()
        if standing:
            raise CommandError(why)

    return migrations.RunPython(migrations.RunPython.noop, check)


def withheld(table: str, *rights: str) -> migrations.RunPython:
    """Withhold rights on a table (``UPDATE``, ``DELETE``) from the runtime role."""

    def revoke(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        editor.execute(f'REVOKE {", ".join(rights)} ON {table} FROM "{settings.RUNTIME_ROLE}"')

    def grant(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        editor.execute(f'GRANT {", ".join(rights)} ON {table} TO "{settings.RUNTIME_ROLE}"')

    return migrations.RunPython(revoke, grant)


def grant_runtime_role() -> migrations.RunPython:
    """Grant the runtime role reading and writing of rows, now and for tables to come; never TRUNCATE nor DDL."""

    def grant(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        role = f'"{settings.RUNTIME_ROLE}"'
        for sql in (
            f"GRANT USAGE ON SCHEMA public TO {role}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE ON SEQUENCES TO {role}",
        ):
            editor.execute(sql)

    def revoke(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        role = f'"{settings.RUNTIME_ROLE}"'
        for sql in (
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON SEQUENCES FROM {role}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM {role}",
            f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
            f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role}",
        ):
            editor.execute(sql)

    return migrations.RunPython(grant, revoke)
