"""Several files in one choice."""

from collections.abc import Callable

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.datastructures import MultiValueDict

from portal.core import files, uploads
from portal.core.idempotency import IdempotencyKeyField, KeyReused
from portal.core.refusals import Refusal


class Brought(forms.Form):
    """Files to bring."""

    idempotency_key = IdempotencyKeyField()
    file = uploads.FilesField(accept=".csv")


def chosen(**contents: bytes) -> Brought:
    """Fill in the form with files."""
    made: list[UploadedFile] | None = [SimpleUploadedFile(name, content) for name, content in contents.items()]
    return Brought({"idempotency_key": "k"}, MultiValueDict({"file": made}))


class Spoiled(Refusal):
    """Something is wrong with the file, which its sentence does not name."""

    field = "file"


def refusing(refusal: Refusal, *names: str) -> Callable[[UploadedFile, str], tuple[str | None, str]]:
    """Make what takes files, all but some."""

    def take(upload: UploadedFile, key: str) -> tuple[str | None, str]:
        if upload.name in names:
            raise refusal
        return upload.name, key

    return take


class TestChoice:
    """What may be chosen at once."""

    def test_lets_several_be_chosen(self):
        assert " multiple" in str(Brought()["file"])

    def test_asks_for_one(self):
        assert chosen().errors == {"file": ["Choose a file first."]}

    def test_takes_a_few_and_no_more(self):
        assert chosen(**{f"{each}.csv": b"x" for each in range(20)}).is_valid()
        many = chosen(**{f"{each}.csv": b"x" for each in range(21)})
        assert many.errors == {"file": ["You chose 21 files. Choose up to 20 at once."]}

    def test_takes_no_more_than_so_much_together(self):
        half = bytes(15 * 1024 * 1024)
        assert chosen(a=half, b=half).is_valid()
        told = "Together the files have more than 30 MB. Send some of them later."
        assert chosen(a=half, b=half, c=b"x").errors == {"file": [told]}

    def test_lets_the_only_one_be_told_its_own_bound(self):
        assert chosen(a=bytes(31 * 1024 * 1024)).is_valid()


class TestEach:
    """Each is taken or refused on its own."""

    def taken(self, form: Brought, *refused: str, refusal: Refusal | None = None) -> list[tuple[str | None, str]]:
        """Take what was chosen."""
        assert form.is_valid()
        return uploads.each_of(form, refusing(refusal or Spoiled(), *refused))

    def test_names_what_is_refused_and_takes_the_others(self):
        form = chosen(a=b"1", b=b"2", c=b"")
        assert [name for name, _key in self.taken(form, "b")] == ["a", "c"]
        assert form.errors == {"file": ["b: This could not be done."]}

    def test_does_not_name_the_only_one(self):
        form = chosen(a=b"1")
        assert self.taken(form, "a") == []
        assert form.errors == {"file": ["This could not be done."]}

    def test_names_none_twice(self):
        form = chosen(a=b"1", b=b"2")
        self.taken(form, "b", refusal=files.FileRefused("file_known", name="b.jpg"))  # a picture is kept as JPEG
        assert form.errors == {"file": ["b.jpg is here already; nothing was added."]}

    def test_tells_once_above_the_form_what_is_of_no_file(self):
        form = chosen(a=b"1", b=b"2")
        self.taken(form, "a", "b", refusal=KeyReused())
        assert form.errors == {"__all__": ["This was already sent once. To send something else, begin anew."]}

    def test_gives_each_the_same_key_again_and_another_one_another(self):
        keys = [key for _name, key in self.taken(chosen(a=b"1", b=b"1", c=b"2"))]
        assert len({*keys}) == 3
        assert [key for _name, key in self.taken(chosen(c=b"2", b=b"1", a=b"1"))] == keys[::-1]
        assert max(map(len, keys)) + 32 <= 100
