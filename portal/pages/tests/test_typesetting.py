"""How the words of a page are set."""

import time

import pytest

from portal.pages.typesetting import typeset


class TestTypeset:
    @pytest.mark.parametrize(
        ("page", "told"),
        [
            ("<p>完成。 确认前</p>", "<p>完成。确认前</p>"),
            ("<p>完成。\n  <a href='/'>查看</a></p>", "<p>完成。<a href='/'>查看</a></p>"),
            ("<p><strong>注意：</strong> 确认前</p>", "<p><strong>注意：</strong>确认前</p>"),
            ("<p>完成。 </p>\n<p>下一段", "<p>完成。 </p>\n<p>下一段"),
            ('<p>完成。 <span class="status">完成</span>', '<p>完成。 <span class="status">完成</span>'),
        ],
    )
    def test_leaves_no_space_between_chinese_sentences(self, page, told):
        assert typeset(page, chinese=True) == told

    @pytest.mark.parametrize(
        "page",
        [
            "<textarea>完成。\n确认前 A-7K3QX9TM</textarea>",
            '<input value="完成。 确认前 A-7K3QX9TM">',
            '<a href="/loans/L-7K3QX9TM/">',
            "<title>L-7K3QX9TM</title>",
            '<script type="application/json">"L-7K3QX9TM"</script>',
            "<option>L-7K3QX9TM</option>",
            "<p>IT-INSTALLATION, L-7K3QX9TM-2, XL-7K3</p>",
        ],
    )
    def test_touches_nothing_else(self, page):
        assert typeset(page, chinese=True) == page

    def test_keeps_a_reference_whole(self):
        assert (
            typeset("<h1>Loan L-7K3QX9TM</h1>", chinese=False) == '<h1>Loan <span class="whole">L-7K3QX9TM</span></h1>'
        )

    @pytest.mark.parametrize(
        "number", ["5075 9326 4438 7912", "DE21 5005 0000 9876 5432 10", "RF08 RQ7K 3QX9 TM", "9111 0108 5513 8508 2Q"]
    )
    def test_keeps_a_grouped_number_whole(self, number):
        told = f'账户<span class="whole">{number}</span>，<input value="{number}">'
        assert typeset(f'账户{number}，<input value="{number}">', chinese=True) == told

    def test_knows_one_amid_chinese(self):
        told = '<p>您的贷款<span class="whole">L-7K3QX9TM</span>已逾期</p>'
        assert typeset("<p>您的贷款L-7K3QX9TM已逾期</p>", chinese=True) == told

    def test_keeps_a_chinese_date_whole(self):
        told = '<dd>¥1,590.94 · <span class="whole">2026年12月30日</span> 17:08</dd>'
        assert typeset("<dd>¥1,590.94 · 2026年12月30日 17:08</dd>", chinese=True) == told

    @pytest.mark.parametrize("day", ["Dec 15, 2026", "Sep 1, 2026"])
    def test_keeps_an_english_date_whole(self, day):
        assert typeset(f"<dd>On {day}, 17:08", chinese=False) == f'<dd>On <span class="whole">{day}</span>, 17:08'

    def test_leaves_spaces_alone_in_other_languages(self):
        assert typeset("<p>完成。 Next", chinese=False) == "<p>完成。 Next"

    def test_leaves_a_tag_with_long_values_alone(self):
        page = '<a title="完成。 A-7K3QX9TM 2026年1月">A-7K3QX9TM</a> 2 > 1'
        assert typeset(page, chinese=True) == page.replace(">A-7K3QX9TM<", '><span class="whole">A-7K3QX9TM</span><')

    def test_takes_a_moment_for_a_long_text_without_tags(self):
        text = "完成。 A-7K3QX9TM 于2026年12月30日 " * 8000  # some 350 KB
        started = time.perf_counter()
        told = typeset(text, chinese=True)
        assert time.perf_counter() - started < 3  # looked at from each match to its end, it takes a minute
        assert told.count('class="whole"') == 16000

    def test_is_done_to_every_page(self, client_of, owner, enterprise):
        page = client_of(owner).get(f"/enterprises/{enterprise.reference}/").text
        assert f'<span class="whole">{enterprise.reference}</span>' in page

    def test_tells_how_long_it_is(self, client_of, owner, enterprise):
        page = client_of(owner).get(f"/enterprises/{enterprise.reference}/")
        assert page["Content-Length"] == str(len(page.content))
