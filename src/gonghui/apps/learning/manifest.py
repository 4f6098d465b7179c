"""What quizzes and reading plug into the platform."""

from gonghui.kernel.manifest import Entry, Manifest, Task
from gonghui.kernel.viewer import Viewer

from . import queries
from .sources import SOURCES


def member_tasks(viewer: Viewer) -> list[Task]:
    """Quizzes that run today and that the member has not tried today."""
    return [
        Task("答题", f"“{quiz.title}”今天还没有答", "", f"/m/quiz/{quiz.pk}/", "可以答题", "info")
        for quiz in queries.untried_today(viewer)
    ]


MANIFEST = Manifest(
    key="learning",
    title="学习成长",
    sources=SOURCES,
    entries=(Entry("学习成长", "learning:quizzes", "book", "learning.view", order=62, prefix="/desk/learning/"),),
    verbs={
        "learning.question_kept": "维护题目",
        "learning.questions_imported": "导入题目",
        "learning.quiz_kept": "编写答题",
        "learning.quiz_published": "发布答题",
        "learning.quiz_withdrawn": "停止答题",
        "learning.handed_in": "交卷",
        "learning.ran_out": "到时收卷",
        "learning.plan_kept": "发布阅读计划",
        "learning.plan_withdrawn": "停止阅读计划",
        "learning.checked_in": "阅读打卡",
    },
    member_tasks=member_tasks,
)
