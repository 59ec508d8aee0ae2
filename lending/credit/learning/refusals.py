"""What learning refuses, in words."""

from django.utils.translation import gettext, gettext_lazy

from lending.credit.learning.rows import LearningRefused

NEEDS_EXTRA = gettext_lazy(
    "Learning needs libraries that judging does not: pip install -r requirements-learn.txt (missing: %(library)s)."
)
_SENTENCES = {
    "too_few_rows": gettext_lazy("There are %(good)s good and %(bad)s bad enterprises; %(fewest)s of each are needed."),
    "nothing_shown": gettext_lazy(
        "No figure is known of %(share)s of the enterprises, or all are alike: their evidence tells nothing."
    ),
    "case_missing": gettext_lazy("A row of the outcomes does not tell whose it is."),
    "day_changed": gettext_lazy(
        "%(case)s was brought in as it stood on %(before)s, not on %(after)s. Give the data set another name."
    ),
    "file_unknown": gettext_lazy("%(name)s is neither Parquet nor a delimited text (.csv, .txt, .asc)."),
    "outcome_unknown": gettext_lazy("“%(value)s” does not tell good from bad. Name the bad outcomes with --bad WORD."),
    "direction_unknown": gettext_lazy(
        "No amount is below zero, and “%(value)s” does not tell which way money went. Name the words for money"
        " that went out with --outward WORD."
    ),
    "file_missing": gettext_lazy("There is no file %(name)s."),
    "role_unknown": gettext_lazy("There is no role %(role)s. Known are: %(known)s."),
    "column_unknown": gettext_lazy("No file has a column %(name)s. They have: %(known)s."),
    "word_unknown": gettext_lazy("No outcome is “%(word)s”. They are: %(told)s."),
    "date_unreadable": gettext_lazy("“%(value)s” is not a date, or not in the order of the others of its file."),
    "dates_ambiguous": gettext_lazy("“%(value)s” could be two dates. Name the order with --dates ymd, dmy or mdy."),
    "amount_unreadable": gettext_lazy("“%(value)s” is not an amount such as 1234.50."),
    "amounts_ambiguous": gettext_lazy("“%(value)s” could be two amounts. Say --decimal point or --decimal comma."),
    "amounts_mixed": gettext_lazy("“%(value)s” is written in another way than the other amounts of its file."),
    "term_unreadable": gettext_lazy("“%(value)s” is not a number of months."),
    "evidence_of_others": gettext_lazy(
        "No line of evidence belongs to any case: cases are called such as “%(case)s”, evidence such as “%(other)s”."
    ),
    "column_missing": gettext_lazy("No column of %(name)s is known as %(role)s. Name it with --column %(role)s=NAME."),
    "not_a_study": gettext_lazy(
        "This database holds the bank's own customers. Import into a database of its own: name it in DATABASE_URL, or"
        " run: python -m portal.engines --data FOLDER -- python manage.py import_labeled ..."
    ),
    "day_missing": gettext_lazy("The day is not known on which %(case)s was to be judged. Give it with --as-of."),
    "dataset_unknown": gettext_lazy("No enterprises with outcomes were brought in as %(name)s."),
}


def sentence(refusal: LearningRefused) -> str:
    """Say what a refusal means."""
    told = str(_SENTENCES[refusal.code] % refusal.params)
    if "row" in refusal.params:
        told = gettext("%(sentence)s It stands in row %(row)s of %(file)s.") % (refusal.params | {"sentence": told})
    return told


def missing_library(error: ImportError) -> str:
    """Say what to install."""
    return str(NEEDS_EXTRA % {"library": error.name or "?"})
