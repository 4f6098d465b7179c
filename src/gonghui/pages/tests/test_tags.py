"""Markup of the template tags: what a page relies on, and that nothing typed by people becomes markup."""

from __future__ import annotations

import datetime as dt

import pytest
from django import forms
from django.template import Context, Template

from gonghui.pages import tags


class Transfer(forms.Form):
    name = forms.CharField(label="姓名", help_text="与身份证一致", max_length=5)
    joined = forms.DateField(label="入会日期")
    dues = forms.ChoiceField(label="会费", choices=[("m", "按月代扣")], widget=forms.RadioSelect)
    why = forms.CharField(label="原因", required=False, widget=forms.Textarea)
    idno = forms.RegexField(r"^\d{18}$", label="证件号码", error_messages={"invalid": "应为18位"})


def rendered(source: str, **context: object) -> str:
    return Template("{% load gonghui %}" + source).render(Context(context))


def test_org_name_breaks_only_between_units_and_escapes() -> None:
    html = tags.org_name("吉安市物流行业工会联合会遂川货运分会")
    assert (
        html.startswith('<span class="org">')
        and "<wbr>" in html
        and html.replace("<wbr>", "").endswith("遂川货运分会</span>")
    )
    assert "<b>" not in tags.org_name("<b>某公司工会委员会")
    assert tags.org_name(None) == '<span class="org"></span>'


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ('{% figure 76000 "名" "/x" %}', '<a class="fig" href="/x">76,000名</a>'),
        ('{% figure 0 "家" %}', '<span class="nowrap">0家</span>'),
        ('{% figure none "家" "/x" %}', '<a class="fig" href="/x">未报</a>'),
        ("{% figure 17 sign=True %}", '<span class="nowrap">+17</span>'),
        ('{% figure 92.34 "%" decimals=1 %}', '<span class="nowrap">92.3%</span>'),
        ('{% tag "待核查" %}', '<span class="tag tag-wait">待核查</span>'),
        ('{% tag "随便" "bad" %}', '<span class="tag tag-bad">随便</span>'),
        ('{% tag "随便" %}', '<span class="tag">随便</span>'),
        ("{{ none|cn_date }}", '<span class="quiet">—</span>'),
        ("{{ day|cn_date }}", '<time class="nowrap" datetime="2021-08-17">2021-08-17</time>'),
        (
            '{{ day|cn_date:"weekday" }}',
            '<time class="nowrap" datetime="2021-08-17">2021年8月17日（周二）</time>',
        ),
    ],
)
def test_small_tags_render_as_the_look_asks(source: str, wanted: str) -> None:
    assert rendered(source, day=dt.date(2021, 8, 17), none=None) == wanted


def test_cn_date_shows_local_time_of_an_aware_moment() -> None:
    moment = dt.datetime(2021, 8, 17, 16, 30, tzinfo=dt.UTC)
    assert "2021-08-18 00:30" in tags.cn_date(moment, "time")


def test_icon_of_an_unknown_name_fails_in_development() -> None:
    with pytest.raises(KeyError):
        tags.icon("nope")


def test_field_links_hint_and_error_to_the_control() -> None:
    form = Transfer({"name": "<b>欧阳志强阿", "joined": "17/8", "idno": "1"})
    name = rendered("{% field form.name %}", form=form)
    assert 'aria-describedby="id_name-hint id_name-error"' in name and 'id="id_name-error"' in name
    assert "现在是8个字，最多5个" in name and "&lt;b&gt;" in name and 'aria-invalid="true"' in name
    assert "写成2021-08-17这样的日期" in rendered("{% field form.joined %}", form=form)
    assert "应为18位" in rendered("{% field form.idno %}", form=form)
    dues = rendered("{% field form.dues %}", form=form)
    assert "<fieldset" in dues and "还没有选择" in dues
    why = rendered("{% field form.why %}", form=form)
    assert "选填" in why and "aria-invalid" not in why
    assert " required" not in name


def test_form_errors_counts_and_points_at_every_field() -> None:
    form = Transfer({"name": "", "joined": "", "idno": "1"})
    html = rendered("{% form_errors form %}", form=form)
    assert "有4处要改" in html
    for target in ("id_name", "id_joined", "id_dues_0", "id_idno"):
        assert f'href="#{target}"' in html
    assert rendered("{% form_errors form %}", form=Transfer()).strip() == ""
