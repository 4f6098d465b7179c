"""Code lists of reports."""

from django.db import models


class Occasion(models.TextChoices):
    """What a report speaks of."""

    YEAR = "year", "年度"
    HALF = "half", "半年"
    QUARTER = "quarter", "季度"
    MONTH = "month", "月度"
    OTHER = "other", "专题"


class TemplateState(models.TextChoices):
    DRAFT = "draft", "编写中"
    PUBLISHED = "published", "使用中"
    RETIRED = "retired", "已停用"


class ReportState(models.TextChoices):
    """draft → review → signed → issued; a returned report is a draft again, an issued one can only be withdrawn."""

    DRAFT = "draft", "草稿"
    REVIEW = "review", "待审"
    SIGNED = "signed", "已审定"
    ISSUED = "issued", "已印发"
    WITHDRAWN = "withdrawn", "已撤回"


class Act(models.TextChoices):
    """What somebody did with a draft."""

    HANDED_IN = "handed_in", "送审"
    RETURNED = "returned", "退回修改"
    SIGNED = "signed", "审定"
    ISSUED = "issued", "印发"
    WITHDRAWN = "withdrawn", "撤回"
