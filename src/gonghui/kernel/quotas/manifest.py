"""What quotas plug into the platform: the words of their trail; pages are the business of apps."""

from gonghui.kernel.manifest import Manifest

from .sources import SOURCES

MANIFEST = Manifest(
    key="quotas",
    title="普惠分配",
    sources=SOURCES,
    verbs={
        "quotas.drafted": "起草普惠项目",
        "quotas.changed": "修改普惠项目",
        "quotas.sessions_set": "设定场次和名额",
        "quotas.published": "发布普惠项目",
        "quotas.called_off": "取消普惠项目",
        "quotas.session_called_off": "取消场次",
        "quotas.capacity_set": "调整名额",
        "quotas.limited": "制定限领规则",
        "quotas.claimed": "领到名额",
        "quotas.granted": "代办名额",
        "quotas.taken_back": "收回名额",
        "quotas.given_back": "本人取消名额",
        "quotas.entered": "报名摇号",
        "quotas.entered_many": "把达标会员列入摇号",
        "quotas.withdrawn": "撤回报名",
        "quotas.waits": "登记候补",
        "quotas.accepted": "确认候补名额",
        "quotas.declined": "放弃候补名额",
        "quotas.handover_asked": "转让名额",
        "quotas.handover_withdrawn": "收回转让",
        "quotas.handover_declined": "谢绝转让",
        "quotas.handover_accepted": "接受转让",
        "quotas.no_show": "登记未到",
        "quotas.checked_in": "签到核销",
        "quotas.check_in_undone": "撤销签到",
        "quotas.committed": "见证方提交承诺值",
        "quotas.revealed": "见证方揭示",
        "quotas.outside_value": "登记公开数值",
        "quotas.list_locked": "锁定摇号名单",
        "quotas.drawn": "摇号",
        "quotas.household_started": "登记同住家庭",
        "quotas.household_joined": "加入同住家庭",
        "quotas.household_left": "退出同住家庭",
    },
)
