"""Code lists of filings."""

from __future__ import annotations

from typing import Final

from django.db import models

from gonghui.kernel.access.choices import Role


class Rhythm(models.TextChoices):
    """How often a form is demanded; the period of its filings has this length."""

    ONCE = "once", "一次"
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"
    HALF = "half", "每半年"
    YEAR = "year", "每年"


class Fillers(models.TextChoices):
    """Who files a form."""

    OWN = "own", "本单位"
    CHILDREN = "children", "本单位和直接下级"
    ALL = "all", "本单位和所有下级"


class TemplateState(models.TextChoices):
    DRAFT = "draft", "对照中"
    PUBLISHED = "published", "使用中"
    RETIRED = "retired", "已停用"


class FilingState(models.TextChoices):
    """draft → asked → checked → signed → sent; what is returned is a draft again, what is signed changes no more.

    What is given back after it was signed stays to be read as `returned`, and a new version is a draft.
    """

    DRAFT = "draft", "填写中"
    ASKED = "asked", "等答复"
    CHECKED = "checked", "待签发"
    SIGNED = "signed", "已签发"
    SENT = "sent", "已报出"
    RETURNED = "returned", "已退回"


OPEN: Final = (FilingState.DRAFT, FilingState.ASKED)
DONE: Final = (FilingState.SIGNED, FilingState.SENT)
HANDED_IN: Final = (*DONE, FilingState.RETURNED)
"""What others than the own body may read."""


CLOSED: Final = "不再问"
"""Said of what was asked and is asked no longer."""


WORDS_ASKED: Final = "问的是文字，不是数"
"""Said of a number that was asked as words for another form."""
PERCENT: Final = "%"
"""The unit of shares; whether 92.3 or 0.923 is written, the format of the cell says."""


class Kind(models.TextChoices):
    """Where what stands in a cell comes from."""

    FIGURE = "figure", "记录统计"
    ASKED = "asked", "问来的"
    TEXT = "text", "固定文字"


ASKED_ROLES: Final = (Role.ORGANISING, Role.RIGHTS, Role.FINANCE, Role.PUBLICITY, Role.GRASSROOTS_CHAIR)
"""Posts that may answer (`form.fill` in `catalogue/roles.yaml`)."""


class Act(models.TextChoices):
    """What somebody did with a filing."""

    BEGUN = "begun", "开始填报"
    RECOUNTED = "recounted", "重新计算"
    ASKED = "asked", "发出询问"
    CHECKED = "checked", "核对送签"
    RETURNED = "returned", "退回修改"
    SIGNED = "signed", "签发"
    SENT = "sent", "报出"
    REOPENED = "reopened", "退回重报"


FILLED_BY: Final = (Act.BEGUN, Act.RECOUNTED, Act.CHECKED)
"""Who did one of these filled the form or handed it in, and does not sign it."""
SEEN_ABOVE: Final = (Act.SIGNED, Act.SENT, Act.REOPENED)
"""What others than the own body learn of what was done."""


class Said(models.TextChoices):
    """Words of a form that the platform knows."""

    OWN = "own", "填报单位名称"
    PERIOD = "period", "报告期"
    DATE = "date", "填报日期"
    FILLER = "filler", "填报人"
    BELOW = "below", "第几个下级单位的名称"


class Back(models.TextChoices):
    """Which period a number of a form speaks of."""

    THIS = "this", "本期"
    YEAR = "year", "本年累计"
    BEFORE = "before", "上期"
    YEAR_BEFORE = "year_before", "上年同期"
