"""What procedures may bring about in assessments, under the names that definitions use."""

from gonghui.kernel.manifest import Effect

from . import services

EFFECTS = (
    Effect("assessment.grade", "按评分表评定等级", "assessment.manage", services.grade),
    Effect("assessment.point", "命名示范点", "assessment.manage", services.name_point, frozenset({"tier"})),
)
