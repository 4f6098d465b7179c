"""What procedures may bring about in funds."""

from gonghui.kernel.manifest import Effect

from . import services

EFFECTS = (
    Effect("funds.order", "开补助单", "fund.view", services.order, frozenset({"kind", "thing"})),
)  # fmt: skip
