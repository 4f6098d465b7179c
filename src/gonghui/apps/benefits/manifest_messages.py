"""What benefits may send to a member's phone: the messages of offers lead to pages of this app."""

from datetime import timedelta

from gonghui.kernel.manifest import MessageKind

from .queries import messages as ask

KINDS = (
    MessageKind(
        "quotas.offered", "候补轮到您了", "候补到“{title}”，{until}前确认，过期给下一位", "benefits:m-ticket",
        urgent=True, still=ask.still_offered,
    ),
    MessageKind(
        "quotas.called_off", "场次取消", "您领到的“{title}”取消了，原因在页面里", "benefits:m-ticket", urgent=True
    ),
    MessageKind(
        "quotas.entry_called_off", "报名的项目取消", "您报名的“{title}”取消了，原因在页面里", "benefits:m-offer",
        lives=timedelta(days=7),
    ),
    MessageKind(
        "benefits.opens", "到点提醒", "“{title}”{until}开始，可以先打开页面", "benefits:m-offer",
        urgent=True, still=ask.still_reminded,
    ),
    MessageKind(
        "quotas.won", "摇号中签", "“{title}”摇号中签，名额是您的", "benefits:m-ticket", lives=timedelta(days=7)
    ),
    MessageKind("quotas.lined", "摇号排入候补", "“{title}”摇号排在候补，有名额再通知您", "benefits:m-offer"),
    MessageKind("quotas.lost", "摇号没有中签", "“{title}”摇号没有中签，全过程已公布", "benefits:m-offer"),
    MessageKind("quotas.expired", "候补过期", "“{title}”的候补名额没有及时确认，给了下一位", "benefits:m-ticket"),
    MessageKind(
        "quotas.handover", "有人转名额给您", "有人把“{title}”的名额转给您，接受或谢绝", "benefits:m-handover",
        still=ask.still_handed,
    ),
)  # fmt: skip
