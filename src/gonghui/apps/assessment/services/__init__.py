"""Every write of assessments."""

from .grading import demote, grade, name_point
from .sheets import attach, before_submit, check_items, detach, finish_check, keep_claims, open_sheet, start, submit
from .standards import (
    add_item,
    copy_here,
    delete_item,
    discard,
    edit_head,
    edit_item,
    export_pack,
    import_pack,
    install,
    mistakes_of,
    move_item,
    publish,
    retire,
    save_draft,
)

__all__ = [
    "add_item",
    "attach",
    "before_submit",
    "check_items",
    "copy_here",
    "delete_item",
    "demote",
    "detach",
    "discard",
    "edit_head",
    "edit_item",
    "export_pack",
    "finish_check",
    "grade",
    "import_pack",
    "install",
    "keep_claims",
    "mistakes_of",
    "move_item",
    "name_point",
    "open_sheet",
    "publish",
    "retire",
    "save_draft",
    "start",
    "submit",
]
