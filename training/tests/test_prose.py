"""Lesson text as HTML."""

import pytest

from training import content, prose
from training.tests.builders import COURSES

TABLE = """Table: What she pays

| | Amount |
|---|---:|
| Rent | 200 |
"""


class TestAsHtml:
    def test_writes_a_table_that_scrolls_alone_and_names_its_rows(self):
        assert prose.as_html(TABLE) == (
            '<div class="table-responsive" tabindex="0" role="region" aria-label="What she pays">'
            '<table class="table table-sm told"><caption>What she pays</caption>\n'
            '<thead>\n<tr>\n<td></td>\n<th scope="col" class="text-end">Amount</th>\n</tr>\n</thead>\n'
            '<tbody>\n<tr>\n<th scope="row">Rent</th>\n<td class="num">200</td>\n</tr>\n</tbody>\n</table></div>\n'
        )

    def test_takes_a_chinese_caption(self):
        assert "<caption>三月的账</caption>" in prose.as_html(TABLE.replace("Table: What she pays", "表：三月的账"))

    def test_leaves_an_ordinary_paragraph_before_a_table_alone(self):
        html = prose.as_html(TABLE.replace("Table: ", ""))
        assert "<p>What she pays</p>" in html

    def test_lets_no_raw_html_and_no_picture_through(self):
        html = prose.as_html("<script>alert(1)</script> ![x](https://elsewhere.example/x.png)")
        assert "<script" not in html
        assert "<img" not in html

    def test_escapes_a_caption(self):
        assert 'aria-label="&lt;b&gt; &quot;x&quot;"' in prose.as_html(TABLE.replace("What she pays", '<b> "x"'))

    def test_puts_headings_below_one_of_the_pages(self):
        assert prose.as_html("## Why", deeper=1) == "<h3>Why</h3>\n"

    def test_cuts_a_text_where_a_figure_of_ones_own_stands(self):
        assert prose.parts("One.\n\n{own:buffer_days}\n\nTwo.") == [
            ("<p>One.</p>\n", "buffer_days"),
            ("<p>Two.</p>\n", ""),
        ]
        assert prose.parts("A mark {own:buffer_days} within a line.")[0][1] == ""

    @pytest.mark.parametrize(
        "folder", sorted(path for path in COURSES.iterdir() if path.is_dir()), ids=lambda f: f.name
    )
    def test_captions_every_table_of_the_banks_courses(self, folder):
        for lesson in content.read(folder).lessons:
            for text in (lesson.text_en, lesson.text_zh_hans):
                html = prose.as_html(text)
                assert html.count("<table") == html.count("<caption>") >= 1
                assert "<caption></caption>" not in html
                assert "style=" not in html
                assert "<h1" not in html
