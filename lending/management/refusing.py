"""What a command says where learning refuses, or lacks a library."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from lending.credit.learning.refusals import missing_library, sentence
from lending.credit.learning.rows import LearningRefused


@contextmanager
def told() -> Iterator[None]:
    """End the command with a sentence."""
    try:
        yield
    except LearningRefused as refusal:
        raise CommandError(sentence(refusal)) from refusal
    except ImportError as error:
        raise CommandError(missing_library(error)) from error
