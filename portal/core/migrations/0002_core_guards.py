"""The runtime role's rights, and what it may never rewrite."""

from django.db import migrations

from portal.core import guards


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(guards.APPEND_ONLY_FUNCTION, "DROP FUNCTION portal_append_only();"),
        guards.grant_runtime_role(),
        guards.append_only("core_auditevent"),
        guards.append_only("core_auditseal"),
        guards.withheld("core_auditevent", "UPDATE", "DELETE"),
        guards.withheld("core_auditseal", "UPDATE", "DELETE"),
    ]
