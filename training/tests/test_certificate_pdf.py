"""The certificate on paper."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from training import certificates
from training.tests.builders import make_certificate, make_course


@pytest.fixture
def certificate(bank, manager):
    manager.full_name = "陈洁 Chen Jie"
    manager.save()
    return make_certificate(make_course(), manager)


def read(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content))


def text_of(reader: PdfReader) -> str:
    return re.sub(r"\s+", "", reader.pages[0].extract_text())  # Chinese and digits are set apart


def fonts_of(reader: PdfReader) -> list[tuple[str, bool]]:
    found = []
    resources: Any = reader.pages[0]["/Resources"]
    for font in resources["/Font"].get_object().values():
        for inner in font.get_object().get("/DescendantFonts", [font]):
            descriptor = inner.get_object()["/FontDescriptor"].get_object()
            embedded = bool({"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor))
            found.append((str(descriptor["/FontName"]), embedded))
    return found


class TestAsPdf:
    @pytest.mark.parametrize(
        ("language", "texts"),
        [
            ("en", ["Know your cash", "Mar 2, 2026", "Mar 2, 2029", "10 of 10 right"]),
            ("zh-hans", ["心中有数：管好生意的现金", "2026年3月2日", "2029年3月2日"]),
        ],
    )
    def test_reads_back_in_both_languages(self, certificate, language, texts):
        shown = text_of(read(certificates.as_pdf(certificate, language=language)))
        for text in [*texts, "陈洁 Chen Jie", certificate.code]:
            assert text.replace(" ", "") in shown

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_embeds_the_banks_font_alone(self, certificate, language):
        fonts = fonts_of(read(certificates.as_pdf(certificate, language=language)))
        assert fonts
        assert all("NotoSansCJKsc" in name and embedded for name, embedded in fonts)

    def test_fits_one_page_and_names_its_language(self, certificate):
        reader = read(certificates.as_pdf(certificate, language="zh-hans"))
        assert len(reader.pages) == 1
        assert reader.trailer["/Root"]["/Lang"].startswith("zh")

    def test_leads_to_the_page_that_verifies_it(self, certificate, settings):
        settings.SITE_URL = "https://bank.example"
        reader = read(certificates.as_pdf(certificate, language="en"))
        links = [note.get_object()["/A"]["/URI"] for note in reader.pages[0]["/Annots"]]
        assert links == [f"https://bank.example/training/verify/{certificate.code}/"]


class TestCertificatePdf:
    def test_is_given_to_its_holder_as_an_attachment(self, certificate, manager, client_of):
        response = client_of(manager).get(reverse("training:certificate_pdf", args=[certificate.code, "en"]))
        assert response.headers["Content-Type"] == "application/pdf"
        assert response.headers["Content-Disposition"] == f'attachment; filename="{certificate.code}.en.pdf"'
        assert response.headers["Cache-Control"] == "private, no-store"
        assert len(read(response.content).pages) == 1

    def test_does_not_exist_for_a_stranger(self, certificate, stranger, client_of):
        address = reverse("training:certificate_pdf", args=[certificate.code, "en"])
        assert client_of(stranger).get(address).status_code == 404

    def test_does_not_exist_in_another_language(self, certificate, manager, client_of):
        address = reverse("training:certificate_pdf", args=[certificate.code, "fr"])
        assert client_of(manager).get(address).status_code == 404

    def test_takes_get_only(self, certificate, manager, client_of):
        address = reverse("training:certificate_pdf", args=[certificate.code, "en"])
        assert client_of(manager).post(address).status_code == 405
