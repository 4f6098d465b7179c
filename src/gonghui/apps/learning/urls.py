"""Addresses of quizzes and reading."""

from django.urls import URLPattern, URLResolver, include, path

from .views import bank, desk, member

_pages = [
    path("desk/learning/", desk.quizzes, name="quizzes"),
    path("desk/learning/quizzes/new", desk.new_quiz, name="quiz-new"),
    path("desk/learning/quizzes/<int:pk>/", desk.quiz, name="quiz"),
    path("desk/learning/quizzes/<int:pk>/edit", desk.edit_quiz, name="quiz-edit"),
    path("desk/learning/quizzes/<int:pk>/publish", desk.publish, name="quiz-publish"),
    path("desk/learning/quizzes/<int:pk>/withdraw", desk.withdraw, name="quiz-withdraw"),
    path("desk/learning/quizzes/<int:pk>/prize", desk.prize, name="quiz-prize"),
    path("desk/learning/bank/", bank.bank, name="bank"),
    path("desk/learning/bank/new", bank.new_question, name="question-new"),
    path("desk/learning/bank/import", bank.bring_in, name="bank-import"),
    path("desk/learning/bank/template", bank.template, name="bank-template"),
    path("desk/learning/bank/<int:pk>/", bank.question, name="question"),
    path("desk/learning/bank/<int:pk>/retire", bank.retire, name="question-retire"),
    path("desk/learning/reading/", desk.plans, name="plans"),
    path("desk/learning/reading/new", desk.new_plan, name="plan-new"),
    path("desk/learning/reading/<int:pk>/", desk.plan, name="plan"),
    path("desk/learning/reading/<int:pk>/withdraw", desk.withdraw_plan, name="plan-withdraw"),
    path("m/quiz/", member.quizzes, name="m-quizzes"),
    path("m/quiz/<int:pk>/", member.quiz, name="m-quiz"),
    path("m/quiz/<int:pk>/start", member.start, name="m-start"),
    path("m/quiz/<int:pk>/ranking/", member.ranking, name="m-ranking"),
    path("m/quiz/papers/<int:pk>/", member.attempt, name="m-attempt"),
    path("m/quiz/papers/<int:pk>/hand-in", member.hand_in, name="m-hand-in"),
    path("m/reading/", member.reading, name="m-reading"),
    path("m/reading/<int:pk>/", member.plan, name="m-plan"),
    path("m/reading/<int:pk>/<int:part>/", member.chapter, name="m-chapter"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_pages, "learning")))]
