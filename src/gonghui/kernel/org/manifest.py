"""What this part of the kernel plugs in."""

from ..manifest import Manifest
from .queries.facts import FACTS
from .sources import SOURCES

MANIFEST = Manifest(
    key="org",
    title="组织",
    facts=FACTS,
    sources=SOURCES,
    verbs={
        "org.founded": "建会",
        "org.moved": "转隶",
        "org.merged": "并转",
        "org.split": "分设",
        "org.dissolved": "撤销组织",
        "org.renamed": "更名",
        "org.reclassified": "改变类型",
        "org.elected": "登记换届",
        "org.corrected": "更正组织资料",
        "org.change_undone": "撤回组织变动",
        "org.twinned": "登记党工共建",
        "org.untwinned": "终止党工共建",
        "org.group_created": "建立分组",
        "org.grouped": "加入分组",
        "org.ungrouped": "移出分组",
        "org.employer_added": "登记用人单位",
        "org.employer_changed": "修改用人单位",
    },
)
