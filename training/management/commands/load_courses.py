"""Brings courses in from their folders: ``manage.py load_courses [FOLDER…] [--publish]``."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.core import refusals
from training import operations
from training.content import ContentRefused

COURSES = Path(__file__).resolve().parents[2] / "courses"


class Command(BaseCommand):
    """Loads new courses as drafts for a course editor to publish, or publishes them at once."""

    help = "Bring courses in from their folders; without folders, the bank's own."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take folders and whether to publish."""
        parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
        parser.add_argument("--publish", action="store_true", help="open them to learners at once")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load each folder; the same content again changes nothing."""
        bring = operations.publish_course_from if options["publish"] else operations.load_course_from
        for folder in options["folders"] or sorted(path for path in COURSES.iterdir() if path.is_dir()):
            try:
                course = bring(folder, at=timezone.now(), by=None)
            except ContentRefused as refusal:
                raise CommandError(f"{folder}: {refusals.sentence(refusal)}") from refusal
            self.stdout.write(f"{course.slug}: version {course.version}, {course.status}")
