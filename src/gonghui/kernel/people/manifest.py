"""What this part of the kernel plugs in."""

from ..manifest import Manifest
from .queries.facts import FACTS
from .sources import SOURCES

MANIFEST = Manifest(
    key="people",
    title="人员",
    facts=FACTS,
    sources=SOURCES,
    verbs={
        "person.register": "登记人员",
        "person.take_over": "人员转入管辖",
        "person.correct": "更正人员资料",
        "person.reveal": "查看完整号码",
        "person.death": "登记去世",
        "person.merge": "合并重复登记",
        "person.merge_undone": "撤回合并",
        "membership.admit": "入会",
        "membership.retain": "保留会籍",
        "membership.restore": "恢复会籍",
        "membership.correct": "更正会籍资料",
        "membership.transfer_out": "会籍转出",
        "membership.transfer_in": "会籍转入",
        "membership.end": "终止会籍",
        "membership.end_undone": "撤回终止会籍",
        "transfer.ask": "发起转会",
        "transfer.accept": "接收转会",
        "transfer.refuse": "不接收转会",
        "transfer.withdraw": "撤回转会",
        "appointment.start": "任职",
        "appointment.end": "离任",
        "appointment.end_undone": "撤回离任",
        "sign.record": "登记活动痕迹",
    },
)
