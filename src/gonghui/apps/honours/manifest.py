"""What honours plug into the platform."""

from gonghui.kernel.manifest import Effect, Entry, Fact, Manifest, SubmitCheck

from . import effects, queries
from .sources import SOURCES

MANIFEST = Manifest(
    key="honours",
    title="劳模工匠",
    sources=SOURCES,
    entries=(Entry("劳模工匠", "honours:campaigns", "medal", "honour.view", order=60, prefix="/desk/honours/"),),
    verbs={
        "honour.campaign_opened": "开展评选",
        "honour.campaign_changed": "调整评选名额和日期",
        "honour.conferred": "表彰命名",
        "honour.registered": "补录荣誉",
        "honour.revoked": "撤销荣誉",
    },
    effects=(
        Effect("honours.confer", "表彰命名", "honour.confer", effects.confer, frozenset({"honour", "to", "name"})),
    ),
    facts=(
        Fact("person_honours", "获得荣誉的次数", "number", queries.person_honours),
        Fact("org_honours", "单位和集体获得荣誉的次数", "number", queries.organisation_honours),
    ),
    weighers={"model_worker": queries.people_with_medals},
    panels=effects.panels,
    submit_checks=(SubmitCheck(("honours.",), effects.check_nomination),),
)
