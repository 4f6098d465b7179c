"""规范创建：standards with weighted items and evidence (六有六规范 and its local kin), scored by tiers and graded."""

from django.apps import AppConfig


class AssessmentConfig(AppConfig):
    name = "gonghui.apps.assessment"
    label = "assessment"
    verbose_name = "规范创建"
