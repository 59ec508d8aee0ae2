"""What nights leave behind that nobody may have tampered: checks of the balances, seals over the entries."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.ledger.models.books import JournalEntry


class BookCheck(models.Model):
    """A recomputation of all balances from the postings, and in how many places they differed."""

    checked_at = models.DateTimeField(_("checked"))
    difference_count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.checked_at}: {self.difference_count}"


class Chain(models.TextChoices):
    """What is sealed, link after link."""

    BOOKS = "books", _("Books")
    TRAIL = "trail", _("Audit trail")


class ChainCheck(models.Model):
    """A night's reading of a chain from its beginning: how far it is whole, and what stands where it breaks.

    ``through`` counts blocks of the books and events of the trail; its digest is held against the next night's chain.
    """

    chain = models.CharField(max_length=5, choices=Chain.choices)
    checked_on = models.DateField()
    checked_at = models.DateTimeField(_("checked"))
    through = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    is_whole = models.BooleanField()
    broken_at = models.CharField(max_length=40, blank=True, help_text="the entry or event, as far as it can be named")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "checked_on"], name="chain_is_checked_once_a_night"),
            models.CheckConstraint(condition=Q(chain__in=Chain.values), name="chain_that_is_checked_is_known"),
            models.CheckConstraint(condition=Q(through__gte=0), name="chain_is_whole_through_no_negative_link"),
            models.CheckConstraint(condition=Q(is_whole=False) | Q(broken_at=""), name="whole_chain_breaks_nowhere"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.checked_on}: {self.through}"


class SealedBlock(models.Model):
    """Some entries chained one to the next by hashes, and the first of them to the block before."""

    number = models.PositiveIntegerField(primary_key=True)
    entry_count = models.PositiveIntegerField()
    first_entry = models.BigIntegerField(help_text="the lowest id in it")
    digest = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(entry_count__gte=1), name="block_seals_an_entry_at_least")]

    def __str__(self) -> str:
        return str(self.number)


class EntrySeal(models.Model):
    """An entry's link in the chain: SHA-256 over the digest before it and all that the entry and its postings say."""

    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, primary_key=True, related_name="seal")
    block = models.ForeignKey(SealedBlock, on_delete=models.PROTECT, related_name="seals", db_index=False)
    place = models.PositiveIntegerField()
    reference = models.CharField(max_length=20, help_text="the entry's, to name it by should it disappear")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["block", "place"], name="seal_has_its_place_alone")]

    def __str__(self) -> str:
        return self.digest
