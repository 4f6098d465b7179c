"""Code lists: every spelling in a list leads to one member only."""

from __future__ import annotations

import pytest

from gonghui.kernel.labelled import Labelled
from gonghui.kernel.org import choices as org_choices
from gonghui.kernel.org.choices import Industry, Level, OrganisationKind
from gonghui.kernel.people import choices as people_choices
from gonghui.kernel.people.choices import Ethnicity, NewFormOccupation, Office, Sex

LISTS = [
    value
    for module in (org_choices, people_choices)
    for value in vars(module).values()
    if isinstance(value, type) and issubclass(value, Labelled) and value is not Labelled
]


@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: listed.__name__)
def test_code_list_spellings_lead_to_one_member(listed: type[Labelled]) -> None:
    seen: dict[str, Labelled] = {}
    for member in listed:
        assert member.label and member.value.isascii() and len(member.value) <= 24
        for spelling in (member.value, member.label, *member.aliases):
            assert seen.setdefault(spelling, member) is member, f"{spelling} is ambiguous"
            assert listed.read(f" {spelling}\t") is member


def test_choices_are_pairs_in_declared_order() -> None:
    assert Sex.choices == [("0", "未知"), ("1", "男"), ("2", "女"), ("9", "未说明")]
    assert OrganisationKind("branch") is OrganisationKind.BRANCH
    assert f"{OrganisationKind.BRANCH}" == "branch"


def test_read_unknown_or_empty_is_none() -> None:
    assert OrganisationKind.read("") is None
    assert OrganisationKind.read("商会") is None


def test_ethnicity_has_56_groups_and_two_others() -> None:
    assert len(Ethnicity) == 58
    assert Ethnicity.read("汉") is Ethnicity.HA
    assert Ethnicity.read("维吾尔族") is Ethnicity.UG


def test_industry_survey_code_both_ways() -> None:
    assert [i.survey_code for i in (Industry.AGRICULTURE, Industry.MANUFACTURING, Industry.INTERNATIONAL)] == [
        "01",
        "03",
        "20",
    ]
    for industry in Industry:
        assert Industry.from_survey_code(industry.survey_code) is industry
    for wrong in ("0", "21", "x", "", "²", "001"):
        assert Industry.from_survey_code(wrong) is None


def test_level_rank_runs_from_country_to_team() -> None:
    assert [level.rank for level in Level] == list(range(8))
    assert Level.COUNTY.rank < Level.TOWNSHIP.rank


def test_words_of_rosters_are_understood() -> None:
    assert NewFormOccupation.read("外卖小哥") is NewFormOccupation.FOOD_RIDER
    assert NewFormOccupation.read("货运司机") is NewFormOccupation.TRUCK_DRIVER
    assert Office.read("主席") is Office.CHAIR
    assert Office.CHAIR.on_committee and not Office.STAFF.on_committee
    assert Office.PARTY_SECRETARY.of_party and not Office.CHAIR.of_party
