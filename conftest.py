"""The cast: one bank, a few named people, and the test database under the runtime role."""

import fcntl
import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.middleware import csrf
from django.test import Client, TransactionTestCase
from django.utils import translation

from accounts.identity.models import Branch, Enterprise, Industry, Role, User
from accounts.identity.tests.builders import NOW, make_enterprise, make_user
from accounts.ledger.operations import open_books
from portal.core import guards
from portal.engines import dumps
from portal.engines.folders import PROJECT

LONGEST = (
    "test_walk.py",
    "test_journey.py",
    "test_demo.py",
    "test_access.py",
    "test_engines.py",
    "test_first_day.py",
    "test_on_a_phone.py",
)


def pytest_configure() -> None:
    """Serve static files by their plain names, so that no test waits for collectstatic, and leave little to chance.

    How long a machine takes under load is no property of what is tested: no example is timed. Where one answer is
    wanted for the same code (``CI``) examples are not drawn anew. Pages' CSRF tokens are of letters that spell no word.
    """
    hypothesis.settings.register_profile(
        "untimed",
        deadline=None,
        derandomize="CI" in os.environ,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
    hypothesis.settings.load_profile("untimed")
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)  # WhiteNoise warns about a folder that is not there
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast; nobody's password is tested
    csrf.CSRF_ALLOWED_CHARS = "QXZ"
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin a distributed run with the longest files: whoever gets one of them last keeps everyone waiting."""
    if hasattr(config, "workerinput"):
        longest = {name: place for place, name in enumerate(LONGEST)}
        items.sort(key=lambda item: longest.get(item.path.name, len(LONGEST)))


@pytest.fixture(scope="session")
def django_db_keepdb(
    django_db_keepdb: bool,  # noqa: FBT001 - the plugin's fixture
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
    pytestconfig: pytest.Config,
) -> bool:
    """Migrate once for all workers and runs until a migration changes: later test databases are made of what that left.

    Pytest's cache keeps it, so ``--cache-clear`` forgets it. Servers that the environment names are left alone.
    """
    address = os.environ["DATABASE_URL"]
    is_ours = "ENGINES_EMBEDDED" in os.environ and address == os.environ.get("DATABASE_OWNER_URL")
    if not is_ours or not hasattr(pytestconfig, "cache"):
        return django_db_keepdb
    folder = pytestconfig.cache.mkdir("migrated")
    kept, named = folder / f"{_migrations_digest()}.sql", connection.settings_dict
    name = named["TEST"]["NAME"] or f"test_{named['NAME']}"
    address = urlunsplit(urlsplit(address)._replace(path=f"/{name}"))
    dumps.create(address)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if kept.exists():
            dumps.restore(kept, address)
            return True
        with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
            patch.setitem(named, "NAME", name)
            call_command("migrate", verbosity=0)
        for outdated in folder.glob("*.sql"):
            outdated.unlink()
        dumps.dump(address, kept)
    return True


def _migrations_digest() -> str:
    """Tell apart what migrating makes of an empty database: by our migrations and the versions of what we use."""
    parts = [*PROJECT.glob("*/migrations/*.py"), *PROJECT.glob("*/*/migrations/*.py"), Path(guards.__file__)]
    text = b"".join(each.read_bytes() for each in (PROJECT / "constraints.txt", *sorted(parts)))
    return hashlib.sha256(text).hexdigest()[:16]


MIGRATED = ["django_migrations", "django_content_type", "auth_permission"]  # migrating fills these
EMPTY = """
DO $$
DECLARE
  filled text[] := '{}';
  name text;
  is_filled boolean;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL (%s) LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM %%I)', name) INTO is_filled;
    IF is_filled THEN
      filled := filled || name;
    END IF;
  END LOOP;
  FOREACH name IN ARRAY filled LOOP
    EXECUTE format('ALTER TABLE %%I DISABLE TRIGGER USER', name);
  END LOOP;
  SET CONSTRAINTS ALL DEFERRED;
  FOREACH name IN ARRAY filled LOOP
    EXECUTE format('DELETE FROM %%I', name);
  END LOOP;
  SET CONSTRAINTS ALL IMMEDIATE;
  FOREACH name IN ARRAY filled LOOP
    EXECUTE format('ALTER TABLE %%I ENABLE TRIGGER USER', name);
  END LOOP;
END $$
"""


def _empty(_case: TransactionTestCase) -> None:
    """Empty, as their owner, the tables that a test has filled: a few rows, where Django truncates every table."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(EMPTY, [MIGRATED])
        cursor.execute(f"SET ROLE {settings.RUNTIME_ROLE}")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Create the database as its owner, then let the tests run in the runtime role, as production does.

    Only the emptying between transactional tests steps back to the owner: the runtime role may not delete everything.
    """
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(TransactionTestCase, "_fixture_teardown", _empty)
        connection.close()
        connection.settings_dict["OPTIONS"]["assume_role"] = settings.RUNTIME_ROLE
        yield
        connection.close()
        del connection.settings_dict["OPTIONS"]["assume_role"]


@pytest.fixture(autouse=True)
def usual_language() -> Iterator[None]:
    """Let no page's language outlive its test: the middleware activates it and leaves it so."""
    yield
    translation.deactivate()


@dataclass(frozen=True)
class Bank:
    """What stands before any case."""

    head_office: Branch
    branch: Branch
    other_branch: Branch


@pytest.fixture
def bank(db: None) -> Bank:
    """A small bank: head office and two branches, its chart of accounts, and the trades its customers follow."""
    open_books("CNY", at=NOW)
    trades = (
        Industry(code=code, parent_id=parent, section=section, name_en=name_en, name_zh_hans=name_zh_hans)
        for code, parent, section, name_en, name_zh_hans in (
            ("G", None, "G", "Wholesale and retail trade", "批发和零售业"),
            ("47", "G", "G", "Retail trade", "零售业"),
            ("471", "47", "G", "Retail sale in non-specialized stores", "综合零售"),
            ("4711", "471", "G", "Retail sale in stores with food predominating", "食品为主的综合零售"),
            ("A", None, "A", "Agriculture, forestry and fishing", "农、林、牧、渔业"),
            ("01", "A", "A", "Crop and animal production", "农业"),
        )
    )
    Industry.objects.bulk_create(trades, ignore_conflicts=True)
    return Bank(
        head_office=Branch.objects.create(code="HO", name_en="Head office", name_zh_hans="总行", is_head_office=True),
        branch=Branch.objects.create(code="001", name_en="River Town", name_zh_hans="河镇支行"),
        other_branch=Branch.objects.create(code="002", name_en="Hill Village", name_zh_hans="山村支行"),
    )


@pytest.fixture
def owner(bank: Bank) -> User:
    """Wang Fang owns the enterprise."""
    return make_user("Wang Fang", phone="+8613800138000")


@pytest.fixture
def enterprise(owner: User, bank: Bank) -> Enterprise:
    """A village shop of four people."""
    return make_enterprise(owner, branch=bank.branch)


@pytest.fixture
def stranger(bank: Bank) -> User:
    """Zhao Lei owns another enterprise and must see nothing of the first."""
    user = make_user("Zhao Lei", phone="+8613900139000")
    make_enterprise(user, branch=bank.branch, legal_name="Stranger Noodles", identifier="91330106673959654P")
    return user


@pytest.fixture
def manager(enterprise: Enterprise) -> User:
    """Chen Jie manages the enterprise and learns."""
    user = make_user("Chen Jie", phone="+8613700137000")
    enterprise.memberships.create(user=user, role="manager", began_at=enterprise.registered_at)
    return user


def _staff(role: Role, name: str) -> Callable[[Bank], User]:
    @pytest.fixture(name=role.value if role != Role.RISK_ANALYST else "analyst")
    def member(bank: Bank) -> User:
        return make_user(name, role=role, branch=bank.branch)

    return member


officer = _staff(Role.OFFICER, "Olga Sun")
underwriter = _staff(Role.UNDERWRITER, "Una Xu")
approver = _staff(Role.APPROVER, "Peng Gao")
operations = _staff(Role.OPERATIONS, "Hua Qian")
analyst = _staff(Role.RISK_ANALYST, "Rui Tan")
course_editor = _staff(Role.COURSE_EDITOR, "Ed Fu")


@pytest.fixture
def auditor(bank: Bank) -> User:
    """Ai Deng audits from head office: reads all, changes nothing."""
    return make_user("Ai Deng", role=Role.AUDITOR, branch=bank.head_office)


@pytest.fixture
def administrator(bank: Bank) -> User:
    """Min Luo administers from head office."""
    return make_user("Min Luo", role=Role.ADMINISTRATOR, branch=bank.head_office)


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """Sign a person in, second factor passed."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session["second_factor"] = "set up"
        session.save()
        return client

    return sign_in


@pytest.fixture
def migrate(db: None) -> Callable[[str, str], None]:
    """Migrate this test's transaction to a migration of an app, as the owner of its database."""

    def to(app: str, name: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE; SET CONSTRAINTS ALL IMMEDIATE")
            MigrationExecutor(connection).migrate([(app, name)])
            cursor.execute(f"SET CONSTRAINTS ALL DEFERRED; SET ROLE {settings.RUNTIME_ROLE}")

    return to
