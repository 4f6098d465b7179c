"""Code lists of quizzes and reading."""

from __future__ import annotations

from gonghui.kernel.labelled import Labelled


class QuestionKind(Labelled):
    SINGLE = "single", "单选"
    MULTIPLE = "multiple", "多选"
    JUDGE = "judge", "判断"


class State(Labelled):
    """Of a quiz and of a reading plan; whether it runs today is said by its days."""

    DRAFT = "draft", "草稿"
    OPEN = "open", "已发布"
    WITHDRAWN = "withdrawn", "已停止"


JUDGE_OPTIONS = ("对", "错")
MOST_OPTIONS = 6
