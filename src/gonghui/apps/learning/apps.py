"""学习成长：Quizzes of a month (每月一答) and reading check-ins (打卡阅读)."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "gonghui.apps.learning"
    label = "learning"
    verbose_name = "学习成长"
