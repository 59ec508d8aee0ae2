"""Puts the documents of applications that were sent before papers were kept on file: what is over was seen."""

from django.db import migrations

from portal.core.references import new_reference

SHOWN = {"license": "business_license", "identity": "identity_document"}
CLOSED = {"declined", "accepted", "withdrawn", "expired"}


def put_on_file(apps, _editor):
    Paper, User = apps.get_model("accounts", "Paper"), apps.get_model("accounts", "User")
    documents = apps.get_model("lending", "ApplicationDocument").objects.filter(removed_at=None, file__paper=None)
    for each in documents.exclude(application__submitted_at=None).select_related("application__enterprise", "file"):
        enterprise, kind = each.application.enterprise, SHOWN.get(each.kind, each.kind)
        if kind == "business_license" and enterprise.identifier_kind == "farm_household":
            kind = "household_certificate"
        Paper.objects.create(
            reference=new_reference("D"),
            enterprise=enterprise,
            kind=kind,
            file=each.file,
            came_with=each.application.reference,
            added_at=each.added_at,
            added_by=User.objects.get(reference=each.file.stored_by),
            seen_at=each.added_at if each.application.status in CLOSED else None,
        )


class Migration(migrations.Migration):
    dependencies = [("lending", "0006_claims"), ("accounts", "0015_papers_and_watchlist_files")]

    operations = [migrations.RunPython(put_on_file, migrations.RunPython.noop)]
