
import django.db.models.deletion
import training.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60, unique=True, verbose_name='address')),
                ('title_en', models.CharField(max_length=120)),
                ('title_zh_hans', models.CharField(max_length=120)),
                ('summary_en', models.TextField()),
                ('summary_zh_hans', models.TextField()),
                ('position', models.PositiveSmallIntegerField(default=1, verbose_name='place in the catalogue')),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='minutes')),
                ('pass_mark', models.DecimalField(decimal_places=3, max_digits=4, verbose_name='pass mark')),
                ('questions_per_attempt', models.PositiveSmallIntegerField(verbose_name='questions in an attempt')),
                ('valid_months', models.PositiveSmallIntegerField(verbose_name='months a certificate is valid')),
                ('clearance_code', models.CharField(blank=True, max_length=60)),
                ('status', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10, verbose_name='status')),
                ('version', models.PositiveIntegerField(default=0)),
                ('fingerprint', models.CharField(blank=True, max_length=64)),
                ('published_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pass_mark__gt', 0), ('pass_mark__lte', 1)), name='course_pass_mark_is_a_fraction'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='published_course_knows_since_when')],
            },
        ),
        migrations.CreateModel(
            name='Enrollment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enrolled_at', models.DateTimeField()),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrollments', to='training.course')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrollments', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=training.models._attempt_reference, editable=False, max_length=20, unique=True)),
                ('course_version', models.PositiveIntegerField()),
                ('pass_mark', models.DecimalField(decimal_places=3, max_digits=4)),
                ('begun_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('correct_count', models.PositiveSmallIntegerField(null=True)),
                ('passed', models.BooleanField(null=True)),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='training.enrollment')),
            ],
        ),
        migrations.CreateModel(
            name='Lesson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=60)),
                ('position', models.PositiveSmallIntegerField()),
                ('topic', models.CharField(choices=[('cash_buffer', 'A cash buffer'), ('separate_accounts', 'Separate accounts'), ('regular_income', 'Regular income'), ('customer_spread', 'Many customers'), ('debt_burden', 'The burden of debt'), ('keep_records', 'Keeping records'), ('tax_discipline', 'Tax on time'), ('pricing_margin', 'Prices and margins'), ('plan_ahead', 'Planning ahead'), ('keep_promises', 'Keeping promises')], db_index=True, max_length=20, verbose_name='topic')),
                ('minutes', models.PositiveSmallIntegerField(verbose_name='minutes')),
                ('title_en', models.CharField(max_length=120)),
                ('title_zh_hans', models.CharField(max_length=120)),
                ('rule_en', models.TextField()),
                ('rule_zh_hans', models.TextField()),
                ('text_en', models.TextField()),
                ('text_zh_hans', models.TextField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('retired_at', models.DateTimeField(null=True)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lessons', to='training.course')),
            ],
        ),
        migrations.CreateModel(
            name='LessonCompletion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('lesson_version', models.PositiveIntegerField()),
                ('completed_at', models.DateTimeField()),
                ('enrollment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='completions', to='training.enrollment')),
                ('lesson', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='completions', to='training.lesson')),
            ],
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60)),
                ('text_en', models.TextField()),
                ('text_zh_hans', models.TextField()),
                ('explanation_en', models.TextField()),
                ('explanation_zh_hans', models.TextField()),
                ('fingerprint', models.CharField(max_length=64)),
                ('retired_at', models.DateTimeField(null=True)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='training.course')),
                ('lesson', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='training.lesson')),
            ],
        ),
        migrations.CreateModel(
            name='Choice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('text_en', models.CharField(max_length=200)),
                ('text_zh_hans', models.CharField(max_length=200)),
                ('is_correct', models.BooleanField()),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='choices', to='training.question')),
            ],
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('choice_order', models.JSONField(help_text='keys of the choices, as shown')),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='training.attempt')),
                ('chosen', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='training.choice')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='training.question')),
            ],
        ),
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=training.models._certificate_code, editable=False, max_length=20, unique=True)),
                ('holder_name', models.CharField(max_length=80, verbose_name='name')),
                ('title_en', models.CharField(max_length=120)),
                ('title_zh_hans', models.CharField(max_length=120)),
                ('awarded_at', models.DateTimeField()),
                ('awarded_on', models.DateField(verbose_name='awarded')),
                ('valid_until', models.DateField(verbose_name='valid until')),
                ('attempt', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='training.attempt')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='training.course')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('awarded_on'))), name='certificate_is_valid_when_awarded')],
            },
        ),
        migrations.AddConstraint(
            model_name='enrollment',
            constraint=models.UniqueConstraint(fields=('user', 'course'), name='person_is_enrolled_once'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(condition=models.Q(('submitted_at', None)), fields=('enrollment',), name='attempt_is_open_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('correct_count', None), ('passed', None), ('submitted_at', None)), models.Q(('correct_count__isnull', False), ('passed__isnull', False), ('submitted_at__isnull', False)), _connector='OR'), name='submitted_attempt_has_its_outcome'),
        ),
        migrations.AddConstraint(
            model_name='lesson',
            constraint=models.UniqueConstraint(fields=('course', 'slug'), name='lesson_is_unique_in_its_course'),
        ),
        migrations.AddConstraint(
            model_name='lessoncompletion',
            constraint=models.UniqueConstraint(fields=('enrollment', 'lesson'), name='lesson_is_completed_once'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(condition=models.Q(('retired_at', None)), fields=('course', 'code'), name='question_is_asked_in_one_wording'),
        ),
        migrations.AddConstraint(
            model_name='choice',
            constraint=models.UniqueConstraint(fields=('question', 'position'), name='choice_has_its_own_position'),
        ),
        migrations.AddConstraint(
            model_name='choice',
            constraint=models.UniqueConstraint(condition=models.Q(('is_correct', True)), fields=('question',), name='question_has_one_correct_choice'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.UniqueConstraint(fields=('attempt', 'question'), name='question_is_drawn_once_in_an_attempt'),
        ),
        migrations.AddConstraint(
            model_name='answer',
            constraint=models.UniqueConstraint(fields=('attempt', 'position'), name='answer_has_its_own_position'),
        ),
    ]
