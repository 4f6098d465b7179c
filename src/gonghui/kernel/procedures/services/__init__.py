"""Every write of procedures."""

from .clocks import follow_up
from .decisions import Made
from .definitions import (
    copy_here,
    discard,
    export_pack,
    import_pack,
    install,
    mistakes_of,
    parse,
    publish,
    read_pack,
    retire,
    save_draft,
)
from .drafts import Incomplete, Started, appeal, attach, detach, keep_draft, retyped, start, submit, withdraw
from .evidence import open_evidence
from .notices import answer_objection, may_answer, object_to, said, who
from .revealing import may_reveal, reveal_answers
from .reviewing import (
    add_photo,
    approve,
    claim,
    entering,
    give_score,
    hand_over,
    invite,
    note_result,
    record_visit,
    record_vote,
    reject,
    remind,
    send_back,
)
from .running import as_of, holders, today
from .standing_in import declare_interest, delegate, end_delegation, end_interest
from .ticking import tick

__all__ = [
    "Incomplete",
    "Made",
    "Started",
    "add_photo",
    "answer_objection",
    "appeal",
    "approve",
    "as_of",
    "attach",
    "claim",
    "copy_here",
    "declare_interest",
    "delegate",
    "detach",
    "discard",
    "end_delegation",
    "end_interest",
    "entering",
    "export_pack",
    "follow_up",
    "give_score",
    "hand_over",
    "holders",
    "import_pack",
    "install",
    "invite",
    "keep_draft",
    "may_answer",
    "may_reveal",
    "mistakes_of",
    "note_result",
    "object_to",
    "open_evidence",
    "parse",
    "publish",
    "read_pack",
    "record_visit",
    "record_vote",
    "reject",
    "remind",
    "retire",
    "retyped",
    "reveal_answers",
    "said",
    "save_draft",
    "send_back",
    "start",
    "submit",
    "tick",
    "today",
    "who",
    "withdraw",
]
