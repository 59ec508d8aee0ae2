"""What changes of what an enterprise is judged by bears no moment before a verdict that did not see it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0033_posts_by_two"),
    ]

    operations = [
        migrations.AddField(
            model_name="enterprise",
            name="judged_at",
            field=models.DateTimeField(help_text="what changes after it bears a later moment", null=True),
        ),
    ]
