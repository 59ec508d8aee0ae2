"""What components draw: every figure in words, every refusal with a way to its field, every class in the stylesheet."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from crispy_forms.helper import FormHelper
from django import forms
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from django.test import Client, RequestFactory
from django.utils import translation
from selenium.webdriver.support.ui import WebDriverWait

from portal.core import charts, formats
from portal.core.tests import browser
from portal.core.theme.purge import purged
from portal.core.theme.usage import Usage


def drawn(source: str, **context: Any) -> str:
    """Render a piece of template and leave out the whitespace between words."""
    return " ".join(Template("{% load crispy_forms_tags portal %}" + source).render(Context(context)).split())


class State(NamedTuple):
    label: str
    tone: str


class Question(forms.Form):
    name = forms.CharField(label="Your name", help_text="As on your card.")
    rhythm = forms.ChoiceField(label="How often?", choices=[("m", "Monthly")], widget=forms.RadioSelect)
    remark = forms.CharField(label="Remark", required=False)
    key = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        self.add_error(None, "The tax office does not answer.")


class TestParagraph:
    @pytest.mark.parametrize(("language", "written"), [("en", "One. Two."), ("zh-hans", "One.Two.")])
    def test_has_spaces_where_the_language_has_them(self, language: str, written: str) -> None:
        with translation.override(language):
            assert formats.paragraph("One.", "Two.") == written


class TestMoney:
    @pytest.mark.parametrize(
        ("language", "currency", "written"),
        [
            ("en", None, "¥1,234.50"),
            ("zh-hans", None, "¥1,234.50"),
            ("en", "EUR", "€1,234.50"),
            ("en", "JPY", "JP¥1,235"),
            ("zh-hans", "JPY", "JP¥1,235"),
        ],
    )
    def test_carries_the_symbol_people_write(self, language: str, currency: str | None, written: str) -> None:
        with translation.override(language):
            assert formats.money(Decimal("1234.5"), currency) == written

    def test_puts_the_sign_before_the_symbol(self) -> None:
        assert formats.money(Decimal("-80.5")) == "−¥80.50"

    @pytest.mark.parametrize(
        ("most", "written"),
        [("50000", {"least": "¥1,000", "most": "¥50,000"}), ("50000.5", {"least": "¥1,000.00", "most": "¥50,000.50"})],
    )
    def test_writes_both_ends_of_a_range_alike(self, most: str, written: dict[str, str]) -> None:
        assert formats.money_bounds(Decimal(1000), Decimal(most)) == written

    def test_rounds_halves_away_from_zero(self) -> None:
        assert formats.money(Decimal("0.125")) == "¥0.13"

    def test_writes_a_dash_for_nothing(self) -> None:
        assert drawn("{{ amount|money }}", amount=None) == "–"

    def test_leaves_out_zero_cents_when_asked(self) -> None:
        assert drawn("{{ a|whole_money }} {{ b|whole_money }}", a=50000, b=Decimal("0.5")) == "¥50,000 ¥0.50"


class TestPercent:
    def test_writes_a_fraction_with_two_digits(self) -> None:
        assert drawn("{{ rate|percent }} {{ rate|percent:0 }}", rate=Decimal("0.149")) == "14.90% 15%"


class TestDates:
    def test_follow_the_language(self) -> None:
        with translation.override("zh-hans"):
            assert drawn("{{ day|bank_date }}", day=date(2026, 9, 1)) == "2026年9月1日"
        assert drawn("{{ day|bank_date }}", day=date(2026, 9, 1)) == "Sep 1, 2026"

    def test_are_told_by_the_banks_clock(self) -> None:
        late = datetime(2026, 9, 1, 16, 30, tzinfo=UTC)
        assert drawn("{{ at|bank_moment }}", at=late) == "Sep 2, 2026, 00:30"
        assert drawn("{{ at|bank_date }}", at=late) == "Sep 2, 2026"


class TestLocalized:
    def test_reads_the_column_of_the_language(self) -> None:
        product = type("Product", (), {"name_en": "Stall loan", "name_zh_hans": "摊位贷"})
        with translation.override("zh-hans"):
            assert drawn('{{ product|localized:"name" }}', product=product()) == "摊位贷"


class TestStatusBadge:
    def test_wears_the_tone_and_says_the_word(self) -> None:
        assert drawn("{% status_badge s %}", s=State("Paid", "success")) == (
            '<span class="status status-success">Paid</span>'
        )

    def test_is_neutral_where_the_tone_is_unknown(self) -> None:
        assert 'status-neutral">Odd<' in drawn("{% status_badge s %}", s=State("Odd", '"><script>'))

    def test_draws_nothing_for_nothing(self) -> None:
        assert drawn("{% status_badge s %}", s=None) == ""


class TestErrorSummary:
    def test_leads_each_refusal_to_its_field(self) -> None:
        page = drawn("{% error_summary form %}", form=Question({"key": "k"}))
        assert '<a href="#id_name">Your name: Fill this in.</a>' in page
        assert '<a href="#id_rhythm_0">How often? Choose one.</a>' in page

    def test_tells_what_belongs_to_no_field_once(self) -> None:
        context = {"form": Question({"key": "k"}), "helper": FormHelper(), "csrf_token": "t"}
        page = drawn("{% error_summary form %}{% crispy form helper %}", **context)
        assert page.count("The tax office does not answer.") == 1

    def test_is_silent_before_anything_was_sent(self) -> None:
        assert drawn("{% error_summary form %}", form=Question()) == ""

    def test_gathers_the_forms_of_a_formset(self) -> None:
        sent = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-key": "k", "form-1-key": "k"}
        page = drawn("{% error_summary form %}", form=forms.formset_factory(Question)(sent))
        assert 'href="#id_form-0-name"' in page
        assert 'href="#id_form-1-name"' in page


class TestField:
    def test_ties_hint_and_refusal_to_the_input(self) -> None:
        page = drawn("{{ form|crispy }}", form=Question({"key": "k"}))
        assert 'aria-describedby="id_name_helptext id_name_error"' in page
        assert page.index('id="id_name_helptext"') < page.index('id="id_name_error"') < page.index('id="id_name"')

    def test_marks_what_may_be_left_out(self) -> None:
        page = drawn("{{ form|crispy }}", form=Question())
        assert page.count("(optional)") == 1
        assert "*" not in page

    def test_wraps_choices_in_a_named_group(self) -> None:
        page = drawn("{{ form|crispy }}", form=Question())
        assert '<fieldset> <legend class="form-label">How often?</legend>' in page


class TestLists:
    def test_a_task_without_an_address_is_no_link(self) -> None:
        page = drawn("{% task_list tasks %}", tasks=[{"title": "Sign", "status": State("Later", "neutral")}])
        assert "<a" not in page
        assert "<span>Sign</span>" in page

    def test_a_change_link_says_what_it_changes(self) -> None:
        row = {"label": "Amount", "value": "¥5", "change_url": "/change"}
        assert 'Change<span class="visually-hidden"> Amount</span></a>' in drawn("{% check_answers rows %}", rows=[row])

    def test_a_timeline_keeps_its_order_and_names_who(self) -> None:
        events = [{"at": date(2026, 9, 2), "title": "Paid"}, {"at": date(2026, 9, 1), "title": "Signed", "by": "Wang"}]
        page = drawn("{% timeline events %}", events=events)
        assert page.index("Paid") < page.index("Sep 1, 2026 · Wang")

    def test_a_figure_card_escapes_what_it_shows(self) -> None:
        assert "&lt;b&gt;" in drawn('{% figure_card "Owed" value "" %}', value="<b>")


class TestTable:
    def test_is_read_aloud_by_its_caption(self) -> None:
        page = drawn('{% table "stack" caption=words %}<tr></tr>{% endtable %}', words="Loans <1>")
        assert 'role="region" aria-label="Loans &lt;1&gt;"' in page
        assert '<table class="table stack"> <caption>Loans &lt;1&gt;</caption> <tr></tr> </table>' in page

    def test_shows_no_title_that_is_no_caption(self) -> None:
        page = drawn('{% table title="Loans" %}{% endtable %}')
        assert '<table class="table"> <caption class="visually-hidden">Loans</caption>' in page


class TestPostButton:
    def test_posts_to_the_page_with_a_token(self) -> None:
        source = '{% post_button "btn-danger" "account_confirm_email" "k3y" %}{{ words }}{% endpost_button %}'
        page = drawn(source, words="Drop <it>", csrf_token="t0ken")
        assert '<form method="post" action="/accounts/confirm-email/k3y/">' in page
        assert 'name="csrfmiddlewaretoken" value="t0ken"' in page
        assert '<button class="btn btn-danger">Drop &lt;it&gt;</button>' in page


class TestChart:
    chart = charts.Chart("Left over", "CNY", ["Q1", "Q2", "Q3"], [("In", [5200, None, -3100])])

    def test_repeats_its_figures_in_a_table(self) -> None:
        page = drawn("{% bar_chart chart %}", chart=self.chart)
        for figure in ("¥5,200.00", "–", "−¥3,100.00"):
            assert f'<td class="num">{figure}</td>' in page

    def test_is_an_image_with_a_name(self) -> None:
        page = drawn("{% line_chart chart %}", chart=self.chart)
        assert 'role="img"' in page
        assert ">Left over</title>" in page

    def test_wears_no_style_attribute(self) -> None:
        assert "style=" not in drawn("{% bar_chart chart %}{% line_chart chart %}", chart=self.chart)

    def test_leaves_a_gap_where_a_value_is_missing(self) -> None:
        drawing = charts.bar_drawing(self.chart, axis=str, full=str)
        assert [bar.text for bar in drawing.bars] == ["In, Q1: 5200", "In, Q3: -3100"]
        assert charts.line_drawing(self.chart, axis=str, full=str).lines == ()

    def test_hangs_a_loss_below_the_zero_line(self) -> None:
        drawing = charts.bar_drawing(self.chart, axis=str, full=str)
        gain, loss = drawing.bars
        assert float(gain.y) + float(gain.height) == pytest.approx(float(drawing.zero), abs=0.1)
        assert loss.y == drawing.zero

    def test_lays_a_band_behind_its_line_where_something_is_told(self) -> None:
        band = charts.Band("Likely", [None, 90, 80], [None, 110, 120])
        chart = charts.Chart("Balance", "CNY", ["Q1", "Q2", "Q3"], [("Expected", [None, 100, 100])], band)
        drawing = charts.line_drawing(chart, axis=str, full=str)
        (area,) = drawing.areas
        corners = [tuple(map(float, corner.split(","))) for corner in area.split()]
        assert len(corners) == 4
        assert corners[0][1] < corners[3][1]  # the high edge stands above the low one
        page = drawn("{% line_chart chart %}", chart=chart)
        assert page.count('<polygon class="area"') == 1
        assert '<td class="num">¥80 – ¥120</td>' in page
        assert "Likely" in page

    def test_draws_an_empty_frame_when_nothing_is_known(self) -> None:
        nothing = charts.Chart("Nothing", "CNY", ["Q1"], [("In", [None])])
        assert charts.line_drawing(nothing, axis=str, full=str).points == ()

    def test_shows_fewer_labels_where_there_is_no_room(self) -> None:
        year = charts.Chart("Year", "", [f"2026-{month:02}" for month in range(1, 13)], [("In", [1] * 12)])
        assert [tick.text for tick in charts.bar_drawing(year, axis=str, full=str).x_ticks] == [
            "2026-01", "2026-04", "2026-07", "2026-10",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("low", "high", "ticks"),
        [
            (0, 28100, [0, 10000, 20000, 30000]),
            (-3100, 9400, [-5000, 0, 5000, 10000]),
            (0.9, 0.96, [0, 0.25, 0.5, 0.75, 1.0]),
            (-4, -1, [-4, -3, -2, -1, 0]),
            (0, 0, [0, 0.25, 0.5, 0.75, 1.0]),
        ],
    )
    def test_marks_round_numbers(self, low: float, high: float, ticks: list[float]) -> None:
        assert charts.nice_ticks(low, high) == ticks


class TestUsage:
    def test_reads_words_prefixes_and_choices_from_a_template(self) -> None:
        usage = Usage()
        usage.add_template(
            '<td class="num status-{{ tone }} {% if x %}late{% endif %} {{ y|yesno:"on,off" }}">'
            '{# class="never" #}{% include "x.html" with css="passed" %}'
        )
        assert {"num", "late", "on", "off", "passed"} <= usage.classes
        assert usage.wears("status-danger")
        assert not usage.wears("never")
        assert usage.elements == {"td"}

    def test_reads_layouts_and_widgets_from_python(self) -> None:
        usage = Usage()
        usage.add_python(
            'Div("a", css_class="row g-3")\nattrs = {"class": "short"}\nhelper.form_class = f"tight-{size}"\n'
            "html = \"<b class='inner'>\""
        )
        assert usage.classes >= {"row", "g-3", "short", "inner"}
        assert usage.wears("tight-sm")


class TestPurged:
    def test_keeps_what_is_worn_and_drops_the_rest(self) -> None:
        usage = Usage(classes={"btn"}, elements={"a"})
        assert purged(".btn, .card > a { color: red }\nkbd { color: red }\na:not(.card):hover { top: 0 }", usage) == (
            ".btn{color:red}\na:not(.card):hover{top:0}\n"
        )

    def test_follows_the_readers_choice_of_dark(self) -> None:
        usage = Usage(classes={"btn"})
        assert purged("[data-bs-theme=dark] .btn { color: #fff }", usage) == (
            "@media (prefers-color-scheme:dark){.btn{color:#fff}}\n"
        )

    def test_drops_properties_that_nothing_reads(self) -> None:
        sheet = ":root { --a: var(--b); --b: 1px; --c: 2px; top: var(--d) } @media print { .x { --d: 0 } }"
        assert purged(sheet, Usage(classes={"x"})) == ":root{top:var(--d)}\n@media print{.x{--d:0}}\n"

    def test_keeps_the_override_whole(self) -> None:
        assert purged("", Usage(), override=".never-worn { top: 0 }") == ".never-worn{top:0}\n"


class TestPagination:
    def test_keeps_the_filters_in_the_address(self, rf: RequestFactory) -> None:
        context = RequestContext(rf.get("/?branch=001&page=2"), {"page": Paginator(range(90), 30).page(2)})
        page = Template('{% include "components/_pagination.html" %}').render(context)
        assert 'rel="prev" href="?branch=001&amp;page=1"' in page
        assert 'rel="next" href="?branch=001&amp;page=3"' in page

    def test_is_silent_where_one_page_holds_all(self) -> None:
        assert drawn('{% include "components/_pagination.html" %}', page=Paginator([1], 30).page(1)) == ""


class TestErrorPages:
    @pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
    def test_stand_without_a_request(self, name: str) -> None:
        page = drawn('{% include "' + name + '" %}')
        assert page.count("<h1>") == 1


class TestGallery:
    @pytest.mark.django_db
    def test_is_closed_outside_the_demo(self, client: Client) -> None:
        assert client.get("/gallery/").status_code == 404

    @pytest.mark.django_db
    def test_shows_every_component_in_the_demo(self, client: Client, settings: Any) -> None:
        settings.DEMO = True
        page = client.get("/gallery/").content.decode()
        for name in ("figures", "tasks", "answers", "timeline", "chart", "error-summary", "status", "steps"):
            assert f'class="{name}' in page
        assert "style=" not in page

    @pytest.mark.django_db
    def test_refuses_other_methods(self, client: Client, settings: Any) -> None:
        settings.DEMO = True
        assert client.post("/gallery/").status_code == 405

    @pytest.mark.browser
    @pytest.mark.django_db(transaction=True)
    def test_fits_a_phone_and_a_desk_in_light_and_dark(self, live_server: Any, settings: Any) -> None:
        settings.DEMO = True
        with browser.driver() as page:
            for width in (320, 1440):
                for dark in (False, True):
                    browser.look(page, width, dark=dark)
                    page.get(f"{live_server.url}/gallery/")
                    assert browser.overflow(page) == 0
                    assert page.execute_script("return matchMedia('(prefers-color-scheme: dark)').matches") is dark
            complaints = [entry["message"] for entry in page.get_log("browser") if "favicon" not in entry["message"]]
        assert complaints == []

    @pytest.mark.browser
    @pytest.mark.django_db(transaction=True)
    def test_gives_the_focus_to_the_summary_of_refusals(self, live_server: Any, settings: Any) -> None:
        settings.DEMO = True
        with browser.driver() as page:
            page.get(f"{live_server.url}/gallery/")
            focused = "return document.activeElement.className === 'error-summary'"
            assert WebDriverWait(page, 10).until(lambda _: page.execute_script(focused))  # with its first frame
