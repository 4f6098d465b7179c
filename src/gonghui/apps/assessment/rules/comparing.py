"""What changed from one version of a standard to the next, in words."""

from __future__ import annotations

from .standard import KIND_WORDS, Item, Standard


def differences(before: Standard, after: Standard) -> list[str]:
    """Sentences, in the order of the new version."""
    said: list[str] = []
    if before.title != after.title:
        said.append(f"名称由“{before.title}”改为“{after.title}”")
    if before.applies != after.applies or before.applies_words != after.applies_words:
        said.append(f"适用范围由“{before.applies_words or '全部'}”改为“{after.applies_words or '全部'}”")
    if before.total != after.total:
        said.append(f"满分由{before.total}分改为{after.total}分")
    old = {item.key: (group.title, item) for group in before.groups for item in group.items}
    new = {item.key: (group.title, item) for group in after.groups for item in group.items}
    for key, (group_title, item) in new.items():
        if key not in old:
            said.append(f"增加“{item.title}”（{group_title}，{item.points}分{_marks(item)}）")
        else:
            said += _item(old[key], (group_title, item))
    said += [f"删去“{item.title}”（原{item.points}分）" for key, (_, item) in old.items() if key not in new]
    if [item for item in old if item in new] != [item for item in new if item in old]:
        said.append("调整了指标的顺序")
    if before.grades != after.grades:
        said.append("等级改为" + "，".join(f"{one.title}{one.least}分起" for one in after.grades))
    return said


def _marks(item: Item) -> str:
    return ("，必备" if item.mandatory else "") + ("，一票否决" if item.veto else "")


def _item(old: tuple[str, Item], new: tuple[str, Item]) -> list[str]:
    (old_group, before), (new_group, after) = old, new
    said = []
    if before.title != after.title:
        said.append(f"“{before.title}”改为“{after.title}”")
    if before.points != after.points:
        said.append(f"“{after.title}”由{before.points}分改为{after.points}分")
    if before.kind != after.kind:
        said.append(f"“{after.title}”由{KIND_WORDS[before.kind]}改为{KIND_WORDS[after.kind]}")
    if before.formula != after.formula or before.bands != after.bands or before.result != after.result:
        said.append(f"“{after.title}”的计分办法有变动")
    for name, words in (("mandatory", "必备项"), ("veto", "一票否决项")):
        if getattr(before, name) != getattr(after, name):
            said.append(f"“{after.title}”{'改为' if getattr(after, name) else '不再是'}{words}")
    if old_group != new_group:
        said.append(f"“{after.title}”由“{old_group}”移到“{new_group}”")
    if before.evidence != after.evidence or before.note != after.note or before.needs != after.needs:
        said.append(f"“{after.title}”的佐证或说明有变动")
    return said
