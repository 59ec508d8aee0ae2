"""The shape of cash at the counter to machines: movements, counts, handovers, what lies in a drawer."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.settlement.forms.drawers import EARLIER, MOST_PIECES, TODAY
from accounts.settlement.models import CashCount, CashHandover, CashMovement, DrawerLine
from accounts.settlement.states import KnownBy, Way
from portal.core.amounts import ToldAmount, WrittenAmount


class LeavingCashSerializer(serializers.Serializer[Any]):
    """Cash that an owner is to fetch: who, how much, and what for."""

    person = serializers.CharField(max_length=20)
    amount = WrittenAmount()
    text = serializers.CharField(max_length=140, allow_blank=True, default="")


class SentCodeSerializer(serializers.Serializer[Any]):
    """Where the code went, and what the account can pay after the cash."""

    sent_to = serializers.CharField()
    needs_second = serializers.BooleanField()
    available_after = ToldAmount()
    currency = serializers.CharField()


class CashRequestSerializer(serializers.Serializer[Any]):
    """Cash brought (``in``) or fetched (``out``); of cash fetched also by whom, and how the bank knows them.

    ``person`` is an owner's reference; ``known_by`` their code, which was sent for exactly this cash, or a document, of
    whose number ``ending`` gives the last four characters.
    """

    way = serializers.ChoiceField(choices=Way.choices)
    amount = WrittenAmount()
    text = serializers.CharField(max_length=140, allow_blank=True, default="")
    person = serializers.CharField(max_length=20, allow_blank=True, default="")
    known_by = serializers.ChoiceField(choices=KnownBy.choices, allow_blank=True, default="")
    ending = serializers.CharField(max_length=8, allow_blank=True, default="")
    code = serializers.CharField(max_length=10, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask of cash fetched by whom, and by what they are known."""
        if attrs["way"] == Way.OUT:
            proof = "code" if attrs["known_by"] == KnownBy.CODE else "ending"
            missing = [name for name in ("person", "known_by", proof) if not attrs[name]]
            if missing:
                raise serializers.ValidationError(dict.fromkeys(missing, _("This field is required.")))
        return attrs


class CashMovementSerializer(serializers.ModelSerializer[CashMovement]):
    """Cash paid in or out, and where it stands."""

    account = serializers.CharField(source="settlement_account.reference", read_only=True)
    drawer = serializers.CharField(source="drawer.reference", read_only=True, default=None)
    entry = serializers.CharField(source="entry.reference", read_only=True, default=None)
    amount = ToldAmount("settlement_account.currency")
    currency = serializers.CharField(source="settlement_account.currency", read_only=True)
    fetched_by = serializers.CharField(source="fetched_by.reference", read_only=True, default=None)

    class Meta:
        model = CashMovement
        fields = [
            "reference", "account", "way", "amount", "currency", "text", "status", "effective_date", "drawer",
            "slip_number", "fetched_by", "known_by", "entry", "made_at", "made_by", "checked_at", "checked_by",
            "reason",
        ]  # fmt: skip


class DrawerLineSerializer(serializers.ModelSerializer[DrawerLine]):
    """One change of a drawer's cash, negative when it went out, and the reference of its one cause."""

    amount = ToldAmount("drawer.currency")
    held_after_amount = ToldAmount("drawer.currency")
    movement = serializers.CharField(source="movement.reference", read_only=True, default=None)
    handover = serializers.CharField(source="handover.reference", read_only=True, default=None)
    count = serializers.CharField(source="count.reference", read_only=True, default=None)
    correction = serializers.CharField(source="correction.reference", read_only=True, default=None)
    delivery = serializers.CharField(source="delivery.reference", read_only=True, default=None)

    class Meta:
        model = DrawerLine
        fields = [
            "on", "amount", "held_after_amount", "movement", "handover", "count", "correction", "delivery", "made_at",
            "made_by",
        ]  # fmt: skip


class CountRequestSerializer(serializers.Serializer[CashCount]):
    """What was found: face value to number of pieces, as ``{"100": 12, "0.50": 3}``.

    ``closes`` says what ends with it: today, the days before, or nothing where it is a look in between.
    ``reason`` says why it differs, once it was counted again.
    """

    pieces = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=MOST_PIECES))
    closes = serializers.ChoiceField(choices=[TODAY, EARLIER], allow_blank=True, default="")
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class CashCountSerializer(serializers.ModelSerializer[CashCount]):
    """What was found in a drawer, and what its lines say."""

    drawer = serializers.CharField(source="drawer.reference", read_only=True)
    counted_amount = ToldAmount("drawer.currency")
    expected_amount = ToldAmount("drawer.currency")
    difference_amount = ToldAmount("drawer.currency")
    entry = serializers.CharField(source="entry.reference", read_only=True, default=None)

    class Meta:
        model = CashCount
        fields = [
            "reference", "drawer", "status", "on", "closes_date", "pieces", "counted_amount", "expected_amount",
            "difference_amount", "reason", "entry", "made_at", "made_by", "checked_at", "checked_by", "check_reason",
        ]  # fmt: skip


class HandoverRequestSerializer(serializers.Serializer[CashHandover]):
    """Which drawer the cash goes to, how much, and of a colleague's drawer why."""

    taker = serializers.CharField(max_length=20)
    amount = WrittenAmount()
    reason = serializers.CharField(max_length=200, default="", allow_blank=True)


class CashHandoverSerializer(serializers.ModelSerializer[CashHandover]):
    """Cash that goes from one drawer to another; it counts when the other side has taken it over."""

    giver = serializers.CharField(source="giver.reference", read_only=True)
    taker = serializers.CharField(source="taker.reference", read_only=True)
    amount = ToldAmount("giver.currency")
    currency = serializers.CharField(source="giver.currency", read_only=True)

    class Meta:
        model = CashHandover
        fields = [
            "reference", "giver", "taker", "amount", "currency", "status", "made_at", "made_by", "checked_at",
            "checked_by", "reason",
        ]  # fmt: skip
