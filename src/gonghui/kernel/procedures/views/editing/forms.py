"""What the editor of definitions asks: each form reads one piece of a draft and writes it back as slots."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from ...choices import FieldKind, NoticeShow, Who
from ...rules import editing
from ...rules.definition import PROCEDURE_KEY, Definition, FormField, Section, Slot
from ...rules.differences import ONCE

Choices = list[tuple[str, str]]
NONE: Choices = [("", "不限")]
LINE = re.compile(r"^(.*?)[=＝:：](.*)$")


def compact(model: type[Slot], piece: Mapping[str, Any]) -> dict[str, Any]:
    """A piece without the slots that say what holds anyway; None stands for what nobody said."""
    found = {}
    for key, value in piece.items():
        slot = model.model_fields.get(key)
        default = slot.default if slot is not None else None
        same = list(default) if isinstance(default, tuple) else default
        if value is not None and (value != same or type(value) is not type(same)):
            found[key] = value
    return found


class Names:
    """What a draft's conditions may speak of, with Chinese titles, for the builder of conditions."""

    def __init__(self, body: dict[str, Any], known: Any, titles: Mapping[str, str]) -> None:
        self.kinds, self.optional = editing.spoken_of(body, known)
        self.titles = {**titles, **{str(one.get("key")): str(one.get("title")) for one in editing.fields_of(body)}}
        self.options = {
            str(one.get("key")): {str(x.get("title")): str(x.get("value")) for x in one.get("options", [])}
            for one in editing.fields_of(body)
        }
        self.asked = [str(one.get("key")) for one in editing.fields_of(body)]

    def choices(self) -> Choices:
        asked = [(key, self.titles.get(key, key)) for key in self.asked]
        rest = [(key, self.titles.get(key, key)) for key in self.kinds if key not in self.asked]
        return [("", "总是"), *asked, *rest]

    def of(self, key: str) -> Choices:
        return [(f"={one}", self.titles.get(one, one)) for one in self.asked] if key else []


class Piece(forms.Form):
    """One piece of a draft. `groups` are (heading, names of fields); the first is always open."""

    groups: Sequence[tuple[str, tuple[str, ...]]] = ()
    standing: Mapping[str, Any] = {"when_operator": "=="}
    """What a field says when nobody has chosen anything: a group of nothing else stays folded."""

    def parts(self) -> list[dict[str, Any]]:
        """The groups with their bound fields; one with an error or an answer of its own is open."""
        found = []
        for number, (heading, names) in enumerate(self.groups):
            bound = [self[name] for name in names if name in self.fields]
            is_open = not number or any(one.errors or self._answered(one.name, one.value()) for one in bound)
            found.append({"heading": heading, "fields": bound, "open": is_open})
        return found

    def _answered(self, name: str, value: Any) -> bool:
        if value is None or value is False or value in ("", []):
            return False
        return str(value) != str(self.standing.get(name, ""))


def condition_fields(form: forms.Form, names: Names, text: str, words: str) -> None:
    """Adds the builder (field, comparison, value) and the text for experts."""
    form.condition_was = text  # type: ignore[attr-defined]
    found = editing.taken_apart(text, names.kinds) if text else None
    form.fields["when_field"] = forms.ChoiceField(
        label=words, choices=names.choices(), required=False, initial=found.field if found else ""
    )
    form.fields["when_operator"] = forms.ChoiceField(
        label="比较", choices=list(editing.OPERATORS.items()), required=False, initial=found.operator if found else "=="
    )
    form.fields["when_value"] = forms.CharField(
        label="值", required=False, max_length=80, initial=found.value if found else "", help_text="是否题写“是”或“否”"
    )
    form.fields["when_text"] = forms.CharField(
        label="条件表达式", required=False, max_length=2000, initial="" if found else text,
        help_text="熟悉CEL的可以直接写，写了以后以这里为准", widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


def condition_of(form: forms.Form, names: Names) -> str:
    """The condition that was typed; a mistake is added beside its field."""
    data = form.cleaned_data
    if data.get("when_text"):
        return str(data["when_text"]).strip()
    field = data.get("when_field") or ""
    if not field:
        return ""
    one = editing.Condition(field, data.get("when_operator") or "==", data.get("when_value") or "")
    before: str = form.condition_was  # type: ignore[attr-defined]
    if before and editing.taken_apart(before, names.kinds) == one:
        return before
    try:
        return editing.condition(one, names.kinds.get(field, "text"), field in names.optional, names.options.get(field))
    except ValueError as error:
        form.add_error("when_value", str(error))
        return ""


WHEN = ("when_field", "when_operator", "when_value", "when_text")


def text_field(label: str, most: int, *, required: bool = True, rows: int = 0, hint: str = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=most, required=required, help_text=hint, widget=widget)


def whole_field(label: str, least: int | None = None, most: int | None = None, hint: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, required=False, help_text=hint)


def yes_field(label: str, hint: str = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=hint)


class DaysField(forms.CharField):
    """A number of days, or the local rule that says how many."""

    def clean(self, value: Any) -> Any:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        if text.startswith("rule:"):
            return text
        if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= 1000:
            raise forms.ValidationError(f"现在是“{text[:20]}”，写1至1000之间的整数，或选一条本地规则")
        return int(text)


class DaysWidget(forms.TextInput):
    """Suggests the rules that are numbers of days."""

    def __init__(self) -> None:
        super().__init__(attrs={"list": "day-rules", "autocomplete": "off"})


def days_field(label: str, hint: str = "写整数；或写 rule:规则名，按各地自己的规定") -> DaysField:
    return DaysField(label=label, required=False, help_text=hint, widget=DaysWidget(), max_length=90)


class NewForm(forms.Form):
    """A new definition: its name and where it begins."""

    title = text_field("名称", 40, hint="例如“申领高温慰问品”")
    skeleton = forms.ChoiceField(label="从哪里写起", widget=forms.RadioSelect)

    def __init__(self, skeletons: Choices, data: Any = None) -> None:
        super().__init__(data)
        self.fields["skeleton"].choices = skeletons  # type: ignore[attr-defined]
        self.fields["skeleton"].initial = skeletons[0][0]

    def clean_title(self) -> str:
        title = str(self.cleaned_data["title"]).strip()
        if len(title) < 2:
            raise forms.ValidationError("名称至少两个字")
        return title


class BasicsForm(Piece):
    """Name, who may apply, consent, the local rules that are used and the verdict."""

    title = text_field("名称", 40)
    category = text_field("类别", 20, required=False, hint="例如“会员服务”")
    summary = text_field("一句话说明", 300, required=False, rows=2)
    basis = text_field("依据", 500, required=False, rows=2, hint="文件名和文号")
    who = forms.ChoiceField(label="谁可以申请", choices=Who.choices)
    once = forms.ChoiceField(label="重复申请", choices=list(ONCE.items()), required=False)
    minutes = whole_field("填写大约要几分钟", 1, 120)
    audience_words = text_field("申请条件（写给申请人看）", 200, required=False, rows=2)
    confidential = yes_field("保密流程", "只有申请人和承办的岗位知道它存在，不能公示")
    consent = text_field("单独同意书", 1500, required=False, rows=4, hint="收集敏感个人信息的流程必须写")
    verdict = text_field("认定", 2000, required=False, rows=2, hint="写公式，或写 rule:公式规则；算出类别等结论")
    standard = forms.ChoiceField(label="评价标准", required=False)
    key = text_field("标识", 80, required=False, hint="平台内部用，发布以后不要改")
    number_prefix = text_field("编号字头", 4, required=False, hint="两到四个大写字母")

    groups = (
        ("", ("title", "category", "summary", "basis", "who", "once", "minutes")),
        ("申请条件", (*WHEN, "audience_words")),
        ("保密和同意", ("confidential", "consent")),
        ("本地规则和认定", (*(f"rule_{number}" for number in range(8)), "verdict", "standard")),
        ("编号和标识", ("key", "number_prefix")),
    )  # fmt: skip

    def __init__(
        self, body: dict[str, Any], names: Names, rules: Choices, standards: Iterable[str], data: Any = None
    ) -> None:
        self.body, self.names = body, names
        plain = {name: body.get(name) for name in self.base_fields if isinstance(body.get(name), str | int | bool)}
        self.standing = {**self.standing, "number_prefix": "SQ", "key": body.get("key")}
        super().__init__(
            data, initial={"once": "open", "minutes": 3, **plain, "number_prefix": body.get("prefix", "SQ")}
        )
        self.fields["standard"].choices = [("", "没有"), *((one, one) for one in sorted(standards))]  # type: ignore[attr-defined]
        condition_fields(self, names, str(body.get("audience") or ""), "什么条件下可以申请")
        used = [str(rule) for rule in (body.get("rules") or {}).values()][:6]
        for number in range(min(len(used) + 2, 8)):
            self.fields[f"rule_{number}"] = forms.ChoiceField(
                label=f"用到的本地规则{number + 1}", choices=[("", "没有"), *rules], required=False,
                initial=used[number] if number < len(used) else "",
            )  # fmt: skip

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"]).strip() or str(self.body.get("key", ""))
        if not re.fullmatch(PROCEDURE_KEY, key):
            raise forms.ValidationError("用小写字母、数字和点，例如 local.gaowen")
        return key

    def slots(self) -> dict[str, Any]:
        """The whole body with what was typed."""
        data, body = self.cleaned_data, dict(self.body)
        audience = condition_of(self, self.names)
        for name in ("title", "category", "summary", "basis", "who", "minutes", "audience_words", "confidential",
                     "consent", "verdict", "standard", "key", "once"):  # fmt: skip
            value = data.get(name)
            body[name] = value.strip() if isinstance(value, str) else value
        body["audience"], body["prefix"] = audience, data["number_prefix"] or "SQ"
        had = {str(rule): alias for alias, rule in (body.get("rules") or {}).items()}
        chosen = [data[name] for name in data if name.startswith("rule_") and data[name]]
        body["rules"] = {had.get(rule) or rule.replace(".", "_")[:40]: rule for rule in chosen}
        body["category"] = body["category"] or None
        return {**compact(Definition, body), "key": body["key"], "title": body["title"]}


class SectionForm(Piece):
    title = text_field("标题", 40)
    note = text_field("说明", 300, required=False, rows=2)
    groups = (("", ("title", "note")), ("什么时候出现", WHEN))

    def __init__(self, piece: dict[str, Any], names: Names, data: Any = None) -> None:
        self.piece, self.names = piece, names
        super().__init__(data, initial={key: piece.get(key) for key in ("title", "note")})
        condition_fields(self, names, str(piece.get("when") or ""), "什么条件下出现")

    def slots(self) -> dict[str, Any]:
        data = self.cleaned_data
        piece = {**self.piece, "title": data["title"], "note": data["note"], "when": condition_of(self, self.names)}
        return {**compact(Section, piece), "fields": piece.get("fields", [])}


def small_fields(text: str, had: Sequence[Mapping[str, Any]], taken: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Columns of a table or questions of a step: one a line, title=kind; known ones keep what else they say.

    :raises forms.ValidationError: a kind that does not exist.
    """
    kinds = {title: value for value, title in FieldKind.choices}
    found: list[dict[str, Any]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = LINE.match(line)
        title, kind_title = (match[1].strip(), match[2].strip()) if match else (line, FieldKind.TEXT.label)
        kind = kinds.get(kind_title)
        if kind is None or kind in ("table", "computed"):
            raise forms.ValidationError(f"没有“{kind_title}”这个种类；例如“姓名=一行文字”“人数=整数”")
        before = next((one for one in had if one.get("title") == title), {})
        key = before.get("key") or editing.key_for(title, [*taken, *(one["key"] for one in found)])
        found.append({**before, "key": key, "title": title[:60], "kind": kind})
    return found


def small_text(pieces: Iterable[Mapping[str, Any]]) -> str:
    kinds = dict(FieldKind.choices)
    return "\n".join(f"{one.get('title')}={kinds.get(str(one.get('kind')), one.get('kind'))}" for one in pieces)


class FieldForm(Piece):
    """One question of the form."""

    title = text_field("问题", 60)
    kind = forms.ChoiceField(label="种类", choices=FieldKind.choices)
    hint = text_field("填写说明", 300, required=False)
    required = yes_field("必填")
    options = text_field("选项（一行一个）", 4000, required=False, rows=4, hint="单选、多选用")
    unit = text_field("单位", 12, required=False, hint="例如“天”“人”")
    least = whole_field("最小值", hint="数字的大小、文字的字数、表格的行数")
    most = whole_field("最大值")
    fill = forms.ChoiceField(label="从台账填入", required=False, help_text="台账里有的不用申请人填")
    notice = forms.ChoiceField(label="公示时", choices=NoticeShow.choices)
    sealed = yes_field("加密保存", "屏幕上隐去，查看要说明理由；证件号码、手机号码、银行账号总是加密")
    most_files = whole_field("最多几个附件", 1, 30)
    megabytes = whole_field("每个附件最大几MB", 1, 50)
    accept = forms.MultipleChoiceField(
        label="附件可以是", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[("image", "照片"), ("pdf", "PDF"), ("word", "Word文件"), ("excel", "Excel文件")],
    )  # fmt: skip
    columns = text_field("表格的列（一行一列）", 4000, required=False, rows=4, hint="写成“姓名=一行文字”“年龄=整数”")
    formula = text_field("公式", 2000, required=False, rows=2, hint="自动计算用，例如 days * people")
    result = forms.ChoiceField(
        label="算出来的是", choices=[("number", "整数"), ("money", "金额"), ("text", "文字"), ("yes_no", "是或否")]
    )
    text = text_field("承诺的内容", 1000, required=False, rows=3)
    key = text_field("标识", 40, required=False, hint="公式里用的名字，不写就按问题的拼音")

    groups = (
        ("", ("title", "kind", "hint", "required", "options", "unit")),
        ("大小和附件", ("least", "most", "most_files", "megabytes", "accept")),
        ("什么时候问", WHEN),
        ("台账、公示和加密", ("fill", "notice", "sealed")),
        ("表格、自动计算和承诺", ("columns", "formula", "result", "text")),
        ("标识", ("key",)),
    )

    def __init__(
        self, piece: dict[str, Any], names: Names, facts: Choices, taken: Sequence[str], data: Any = None
    ) -> None:
        self.piece, self.names = piece, names
        self.taken = [key for key in taken if key != piece.get("key")]
        plain = {name: piece[name] for name in self.base_fields if name in piece}
        plain |= {
            "most_files": piece.get("files", 5),
            "options": editing.options_text(piece.get("options", [])),
            "columns": small_text(piece.get("columns", [])),
        }
        standing = {"required": True, "notice": "hide", "most_files": 5, "megabytes": 10, "accept": ["image", "pdf"],
                    "result": "number", "kind": "text"}  # fmt: skip
        self.standing = {**self.standing, **standing, "key": piece.get("key")}
        super().__init__(data, initial={**standing, **plain})
        self.fields["fill"].choices = [("", "由申请人填"), *facts]  # type: ignore[attr-defined]
        condition_fields(self, names, str(piece.get("when") or ""), "什么条件下问")

    def clean_columns(self) -> list[dict[str, Any]]:
        return small_fields(self.cleaned_data["columns"], self.piece.get("columns", []))

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"]).strip()
        if key and not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key):
            raise forms.ValidationError("用小写字母、数字和下划线，以字母开头")
        if key in self.taken:
            raise forms.ValidationError(f"“{key}”已经用过，换一个")
        return key

    def slots(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        for name in WHEN:
            data.pop(name, None)
        data["options"], data["files"] = editing.options_of(data["options"]), data.pop("most_files")
        data["key"] = data["key"] or str(self.piece.get("key") or editing.key_for(data["title"], self.taken))
        if data["kind"] not in ("choice", "choices"):
            data["options"] = []
        data["accept"] = data["accept"] or None
        if data["kind"] != "files":
            data |= {"files": None, "megabytes": None, "accept": None}
        found = compact(FormField, {**self.piece, **data, "when": condition_of(self, self.names)})
        head = {name: data[name] for name in ("key", "title", "kind")}
        return {**head, **{name: value for name, value in found.items() if name not in head}}


class TextForm(forms.Form):
    """The whole definition as YAML."""

    text = forms.CharField(label="定义全文（YAML）", max_length=400_000, widget=forms.Textarea(attrs={"rows": 30}))


class PublishForm(forms.Form):
    valid_from = forms.DateField(label="施行日期", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    note = text_field("修改说明", 300, rows=2, hint="例如“县总工会主席办公会研究同意，首次施行”")


class RetireForm(forms.Form):
    reason = text_field("停用原因", 300, rows=2)


class PackFileForm(forms.Form):
    file = forms.FileField(label="标准包文件", help_text="由平台导出的.yaml文件")

    def clean_file(self) -> str:
        upload = self.cleaned_data["file"]
        if upload.size > 400_000:
            raise forms.ValidationError("文件太大，标准包最多400KB")
        try:
            text: str = upload.read().decode("utf-8")
        except UnicodeDecodeError:
            raise forms.ValidationError("读不出文字，选择由平台导出的标准包文件") from None
        return text
