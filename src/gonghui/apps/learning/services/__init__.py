"""Writes of quizzes and reading."""

from .attempts import answer, begin, close_run_out, hand_in
from .questions import Imported, change_question, import_questions, keep_question, retire_question
from .quizzes import change_quiz, draft_quiz, publish_quiz, withdraw_quiz
from .reading import check_in, note_signs, publish_plan, withdraw_plan

__all__ = [
    "Imported",
    "answer",
    "begin",
    "change_question",
    "change_quiz",
    "check_in",
    "close_run_out",
    "draft_quiz",
    "hand_in",
    "import_questions",
    "keep_question",
    "note_signs",
    "publish_plan",
    "publish_quiz",
    "retire_question",
    "withdraw_plan",
    "withdraw_quiz",
]
