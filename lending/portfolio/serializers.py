"""The shape of monitoring in the API: counts, and shares as fractions; null is too little to say."""

from typing import Any

from rest_framework import serializers

from portal.core.amounts import ToldAmount


class IntervalSerializer(serializers.Serializer[Any]):
    """A share with its 95 % interval."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class BandSerializer(serializers.Serializer[Any]):
    """Cases in a range of points; the upper bound does not belong to it."""

    low = serializers.IntegerField(allow_null=True)
    high = serializers.IntegerField(allow_null=True)
    then = serializers.IntegerField()
    now = serializers.IntegerField()


class ScoreDriftSerializer(serializers.Serializer[Any]):
    """Population stability of the scores against the year before."""

    index = serializers.FloatField(allow_null=True)
    then = serializers.IntegerField()
    now = serializers.IntegerField()
    bands = BandSerializer(many=True)


class CharacteristicDriftSerializer(serializers.Serializer[Any]):
    """Population stability of one characteristic, counted in its bins, the missing last."""

    scorecard = serializers.CharField()
    feature = serializers.CharField()
    index = serializers.FloatField(allow_null=True)
    then = serializers.ListField(child=serializers.IntegerField())
    now = serializers.ListField(child=serializers.IntegerField())


class ReasonShareSerializer(serializers.Serializer[Any]):
    """How many decisions named a reason."""

    code = serializers.CharField()
    then = serializers.IntegerField()
    now = serializers.IntegerField()


class ReasonDriftSerializer(serializers.Serializer[Any]):
    """How the reasons moved."""

    index = serializers.FloatField(allow_null=True)
    then = serializers.IntegerField()
    now = serializers.IntegerField()
    reasons = ReasonShareSerializer(many=True)


class OverridesSerializer(serializers.Serializer[Any]):
    """Recommendations against the machine."""

    recommendations = serializers.IntegerField()
    more = serializers.IntegerField()
    less = serializers.IntegerField()
    rate = IntervalSerializer(allow_null=True)


class SeparationSerializer(serializers.Serializer[Any]):
    """How well the score tells bad from good."""

    good = serializers.IntegerField()
    bad = serializers.IntegerField()
    auc = IntervalSerializer()
    gini = serializers.FloatField()
    ks = serializers.FloatField()


class GradeOutcomeSerializer(serializers.Serializer[Any]):
    """What a grade promised, and what came."""

    grade = serializers.CharField()
    loans = serializers.IntegerField()
    bad = serializers.IntegerField()
    expected = serializers.FloatField()
    observed = IntervalSerializer()
    is_as_expected = serializers.BooleanField()


class EarlyDefaultSerializer(serializers.Serializer[Any]):
    """Loans 30 days late within six months."""

    loans = serializers.IntegerField()
    late = serializers.IntegerField()
    rate = IntervalSerializer(allow_null=True)


class SegmentSerializer(serializers.Serializer[Any]):
    """A segment beside all others of its kind."""

    kind = serializers.ChoiceField(choices=["section", "setting", "age"])
    value = serializers.CharField()
    decisions = serializers.IntegerField()
    approved = IntervalSerializer(allow_null=True)
    approval_ratio = serializers.FloatField(allow_null=True)
    needs_look = serializers.BooleanField()
    loans = serializers.IntegerField()
    bad = serializers.IntegerField()
    expected = serializers.FloatField(allow_null=True)
    observed = IntervalSerializer(allow_null=True)
    calibration_gap = serializers.FloatField(allow_null=True)
    missed_gap = serializers.FloatField(allow_null=True)
    false_alarm_gap = serializers.FloatField(allow_null=True)
    separation = SeparationSerializer(allow_null=True)


class MonitoringSerializer(serializers.Serializer[Any]):
    """How judging does."""

    first = serializers.DateField(source="scope.first")
    last = serializers.DateField(source="scope.last")
    scores = ScoreDriftSerializer()
    characteristics = CharacteristicDriftSerializer(many=True)
    reasons = ReasonDriftSerializer()
    overrides = OverridesSerializer()
    separation = SeparationSerializer(allow_null=True)
    grades = GradeOutcomeSerializer(many=True)
    early_default = EarlyDefaultSerializer()
    segments = SegmentSerializer(many=True)


class ClassTotalSerializer(serializers.Serializer[Any]):
    """The loans of one class."""

    risk_class = serializers.CharField(source="risk_class.code")
    loans = serializers.IntegerField()
    principal_amount = ToldAmount("")
    allowance_amount = ToldAmount("")


class LossesSerializer(serializers.Serializer[Any]):
    """The book by class at the end of a day, and what was written off until then."""

    on = serializers.DateField()
    classes = ClassTotalSerializer(many=True)
    written_off_loans = serializers.IntegerField()
    written_off_amount = ToldAmount("")
    recovered_amount = ToldAmount("")
