"""Crop calendars that are approved by two people, and plantings that are told once."""

import accounts.harvest.models
import django.db.models.deletion
from django.db import migrations, models

# An approved edition and its rows stand still; a draft may still be approved or discarded.
EDITIONS = """
CREATE FUNCTION accounts_crop_edition_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status = 'draft'
       AND to_jsonb(NEW) - ARRAY['status', 'approved_by', 'approved_at', 'in_force_from']
         = to_jsonb(OLD) - ARRAY['status', 'approved_by', 'approved_at', 'in_force_from'] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an edition of the crop calendar stands still' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER accounts_cropedition_stands BEFORE UPDATE OR DELETE ON accounts_cropedition
    FOR EACH ROW EXECUTE FUNCTION accounts_crop_edition_stands();
CREATE FUNCTION accounts_crop_yield_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND EXISTS (SELECT FROM accounts_cropedition WHERE id = NEW.edition_id AND status = 'draft') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the rows of the crop calendar stand still' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER accounts_cropyield_stands BEFORE INSERT OR UPDATE OR DELETE ON accounts_cropyield
    FOR EACH ROW EXECUTE FUNCTION accounts_crop_yield_stands();
"""
# What was told stands; what was seen is written once; it is withdrawn once.
PLANTINGS = """
CREATE FUNCTION accounts_planting_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seen text[] := ARRAY['visited_on', 'confirmed_area_mu', 'confirmed_by', 'confirmed_at', 'note'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.superseded_at IS NULL
       AND to_jsonb(NEW) - 'superseded_at' = to_jsonb(OLD) - 'superseded_at' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.superseded_at IS NULL AND OLD.confirmed_by = ''
       AND to_jsonb(NEW) - seen = to_jsonb(OLD) - seen THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a planting may only be seen once and withdrawn once' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER accounts_planting_stands BEFORE UPDATE OR DELETE ON accounts_planting
    FOR EACH ROW EXECUTE FUNCTION accounts_planting_stands();
"""
STOP_EDITIONS = """
DROP TRIGGER accounts_cropyield_stands ON accounts_cropyield;
DROP FUNCTION accounts_crop_yield_stands();
DROP TRIGGER accounts_cropedition_stands ON accounts_cropedition;
DROP FUNCTION accounts_crop_edition_stands();
"""
STOP_PLANTINGS = """
DROP TRIGGER accounts_planting_stands ON accounts_planting;
DROP FUNCTION accounts_planting_stands();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_reconciliation'),
    ]

    operations = [
        migrations.CreateModel(
            name='CropEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default='crops', editable=False, max_length=10)),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('as_of', models.DateField(verbose_name='figures as of')),
                ('source', models.TextField(verbose_name='where it comes from')),
                ('prudent_share', models.DecimalField(decimal_places=3, max_digits=4, verbose_name='prudent share')),
                ('status', models.CharField(default='draft', max_length=10)),
                ('proposed_by', models.CharField(max_length=40)),
                ('proposed_at', models.DateTimeField()),
                ('approved_by', models.CharField(blank=True, max_length=40)),
                ('approved_at', models.DateTimeField(null=True)),
                ('in_force_from', models.DateField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='crop_edition_is_written_once'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'approved', 'discarded'])), name='crop_edition_status_is_known'), models.CheckConstraint(condition=models.Q(('approved_by', models.F('proposed_by')), _negated=True), name='crop_edition_has_two_pairs_of_eyes'), models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', False), ('in_force_from__isnull', False), ('status', 'approved'), models.Q(('approved_by', ''), _negated=True)), models.Q(models.Q(('status', 'approved'), _negated=True), ('approved_by', ''), ('in_force_from', None)), _connector='OR'), name='crop_edition_is_approved_before_it_counts'), models.CheckConstraint(condition=models.Q(('prudent_share__gt', 0), ('prudent_share__lte', 1)), name='crop_prudence_is_a_share')],
            },
        ),
        migrations.CreateModel(
            name='CropYield',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('region', models.CharField(max_length=6, verbose_name='region')),
                ('crop', models.CharField(max_length=30, verbose_name='crop')),
                ('name_en', models.CharField(max_length=80)),
                ('name_zh_hans', models.CharField(max_length=80)),
                ('sowing_months', models.JSONField(default=list)),
                ('harvest_months', models.JSONField()),
                ('yield_kg_per_mu', models.DecimalField(decimal_places=2, max_digits=9, verbose_name='kilograms a mu')),
                ('price_per_kg', models.DecimalField(decimal_places=2, max_digits=9, verbose_name='price a kilogram')),
                ('edition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='yields', to='accounts.cropedition')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('edition', 'region', 'crop'), name='crop_is_told_once_for_a_region'), models.CheckConstraint(condition=models.Q(('price_per_kg__gt', 0), ('yield_kg_per_mu__gt', 0)), name='crop_brings_something')],
            },
        ),
        migrations.CreateModel(
            name='Planting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.harvest.models._planting_reference, editable=False, max_length=20, unique=True)),
                ('crop', models.CharField(max_length=30, verbose_name='crop')),
                ('area_mu', models.DecimalField(decimal_places=2, max_digits=9, verbose_name='area in mu')),
                ('harvest_from', models.DateField(verbose_name='harvest begins')),
                ('irrigated_share', models.DecimalField(decimal_places=3, max_digits=4, null=True, verbose_name='irrigated share')),
                ('told_by', models.CharField(max_length=40)),
                ('told_at', models.DateTimeField()),
                ('visited_on', models.DateField(null=True)),
                ('confirmed_area_mu', models.DecimalField(decimal_places=2, max_digits=9, null=True, verbose_name='area as seen, in mu')),
                ('confirmed_by', models.CharField(blank=True, max_length=40)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='what was seen')),
                ('superseded_at', models.DateTimeField(null=True)),
                ('enterprise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='plantings', to='accounts.enterprise')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('area_mu__gt', 0)), name='planting_has_an_area'), models.CheckConstraint(condition=models.Q(('harvest_from__day', 1)), name='planting_is_harvested_in_a_month'), models.CheckConstraint(condition=models.Q(('irrigated_share', None), models.Q(('irrigated_share__gte', 0), ('irrigated_share__lte', 1)), _connector='OR'), name='irrigation_is_a_share'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_area_mu', None), ('confirmed_at', None), ('confirmed_by', ''), ('visited_on', None)), models.Q(models.Q(('confirmed_by', ''), _negated=True), ('confirmed_area_mu__gt', 0), ('confirmed_at__isnull', False), ('visited_on__isnull', False)), _connector='OR'), name='planting_is_confirmed_by_a_visit'), models.CheckConstraint(condition=models.Q(('confirmed_by', models.F('told_by')), _negated=True), name='planting_is_confirmed_by_another')],
            },
        ),
        migrations.RunSQL(EDITIONS, STOP_EDITIONS),
        migrations.RunSQL(PLANTINGS, STOP_PLANTINGS),
    ]
