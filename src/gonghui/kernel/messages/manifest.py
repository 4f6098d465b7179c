"""What messages plug into the platform."""

from ..manifest import Entry, Manifest

MANIFEST = Manifest(
    key="messages",
    title="消息",
    entries=(Entry("消息发送", "messages:desk", "bell", "message.view", group=9, order=30),),
    verbs={"messages.chosen": "选择哪些消息发到手机"},
)
