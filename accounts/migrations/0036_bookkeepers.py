"""A bookkeeper reads an enterprise's books; an invitation says whether it is to manage or to read."""

from django.db import migrations, models

from portal.core import guards

INVITED = [("manager", "Manager"), ("bookkeeper", "Bookkeeper")]


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0035_payees_of_money_kept_back"),
    ]

    operations = [
        guards.keeping(
            "accounts_membership WHERE role = 'bookkeeper'",
            why="Bookkeepers would be taken for people who act for an enterprise.",
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[("owner", "Owner"), *INVITED],
                max_length=10,
                verbose_name="role",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="role",
            field=models.CharField(choices=INVITED, default="manager", max_length=10, verbose_name="role"),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(role__in=["manager", "bookkeeper"]), name="invitation_is_not_to_own"
            ),
        ),
        guards.keeping(
            "accounts_invitation WHERE role = 'bookkeeper' AND accepted_at IS NULL AND withdrawn_at IS NULL",
            why="Invitations to read would be taken for invitations to manage.",
        ),
    ]
