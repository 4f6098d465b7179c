"""Names of persons: acceptance, surname readings, search pieces, speed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gonghui.kernel.people.rules import check_name, name_grams, name_index, name_keys, query_grams
from gonghui.kernel.refusal import Refusal

READINGS = {
    "单雄": "shan", "仇英": "qiu", "曾巩": "zeng", "区寄": "ou", "解缙": "xie", "朴树": "piao", "查良": "zha", "盖叫": "ge",
    "任贤": "ren", "华罗": "hua", "那英": "na", "员半": "yun", "黑妹": "he", "秘鸣": "bi", "种师": "chong", "乜文": "nie",
    "缪昌": "miao", "翟让": "zhai", "尉健": "wei", "宁静": "ning", "应采": "ying", "纪晓": "ji", "召树": "shao", "折可": "she",
    "隗嚣": "wei", "句践": "gou", "阚清": "kan", "覃塞": "qin", "谌容": "chen", "柏杨": "bai", "郗鉴": "xi", "乐毅": "yue",
    "逄先": "pang", "繁钦": "po", "能自": "nai", "燕青": "yan", "洗星": "xian", "牟其": "mou", "瞿秋": "qu", "吕布": "lv",
    "尉迟恭": "yuchi", "万俟卨": "moqi", "澹台明": "tantai", "单于明": "chanyu", "长孙皇": "zhangsun", "乐正克": "yuezheng",
    "令狐冲": "linghu", "皇甫谧": "huangfu", "欧阳修": "ouyang", "諸葛亮": "zhuge", "單雄": "shan", "𠮷野": "ji",
}  # fmt: skip


@pytest.mark.parametrize(("name", "reading"), READINGS.items())
def test_surnames_are_read_as_surnames(name: str, reading: str) -> None:
    keys = name_keys(name)
    assert keys.pinyin[0].startswith(reading)
    assert keys.sort.startswith(reading[:2])
    assert keys.initials[0][0] == reading[0]


@pytest.mark.parametrize(
    ("name", "also"),
    [
        ("单雄", "danxiong"),
        ("仇英", "chouying"),
        ("翟让", "dirang"),
        ("盖叫", "gaijiao"),
        ("张茜", "zhangxi"),
    ],
)
def test_second_readings_are_found_too(name: str, also: str) -> None:
    assert also in name_keys(name).pinyin


def test_given_names_are_not_read_as_surnames() -> None:
    assert name_keys("李任华").pinyin == ("lirenhua",)
    assert "liuzengdan" not in name_keys("刘区单").pinyin
    assert name_keys("王单").pinyin[0] == "wangdan"


def test_sort_follows_surname_reading_tone_and_character() -> None:
    names = ["单雄", "沙鸥", "尚文", "曾巩", "张三", "尉迟恭", "于谦", "李四", "黎明"]
    assert sorted(names, key=lambda n: name_keys(n).sort) == [
        "黎明", "李四", "沙鸥", "单雄", "尚文", "于谦", "尉迟恭", "曾巩", "张三",
    ]  # fmt: skip


def test_grams_of_a_common_name() -> None:
    assert set(name_grams("刘细妹")) == {"h:刘", "h:刘细", "h:细妹", "p:liuximei", "i:lxm"}
    assert set(name_grams("刘细")) == {"h:刘", "h:刘细", "p:liuxi", "i:lx"}


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("刘细妹", "刘"), ("刘细妹", "刘细"), ("刘细妹", "细妹"), ("刘细妹", "刘细妹"), ("刘细妹", "liux"), ("刘细妹", "LXM"),
        ("刘细妹", "刘xm"), ("刘细妹", "刘细m"), ("刘细妹", " 刘 细妹"), ("单雄信", "shanx"), ("单雄信", "danx"),
        ("阿卜杜拉·买买提", "买买提"), ("阿卜杜拉·买买提", "阿卜杜拉买买提"), ("阿卜杜拉·买买提", "abdl"), ("吕布", "lüb"),
        ("𠮷野家", "𠮷"), ("𠮷野家", "𠮷野"), ("John Smith", "smith"), ("José Álvarez", "jose a"), ("王", "王"), ("王", "wang"),
    ],
)  # fmt: skip
def test_name_is_found_by_what_is_typed(name: str, typed: str) -> None:
    grams, query = name_grams(name), query_grams(typed)
    assert not query.is_empty
    assert set(query.exact) <= set(grams)
    assert not query.prefixes or any(g.startswith(p) for g in grams for p in query.prefixes)


@pytest.mark.parametrize("typed", ["", "  ", "·", "！？", "\x00", "\ud800"])
def test_nothing_searchable_is_an_empty_query(typed: str) -> None:
    assert query_grams(typed).is_empty


def test_index_is_keys_and_grams_in_one() -> None:
    assert name_index("单雄信") == (name_keys("单雄信").sort, name_grams("单雄信"))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("刘细妹", "刘细妹"), (" 张　三 ", "张三"), ("阿卜杜拉•买买提", "阿卜杜拉·买买提"), ("阿卜杜拉 · 买买提", "阿卜杜拉·买买提"),
        ("𠮷野家", "𠮷野家"), ("John  Smith", "John Smith"), ("Ана Иванова", "Ана Иванова"), ("\ufeff王芳\u200b", "王芳"),
        ("㛃玉", "㛃玉"), ("王〇", "王〇"),
    ],
)  # fmt: skip
def test_check_name_normalises(typed: str, name: str) -> None:
    checked = check_name(typed)
    assert (checked.name, checked.warnings) == (name, ())


def test_check_name_warns_of_doubtful_names() -> None:
    assert [w.code for w in check_name("王").warnings] == ["GH-PER-W21"]
    assert [w.code for w in check_name("王\ue000").warnings] == ["GH-PER-W22"]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "GH-PER-201"), ("　", "GH-PER-201"), ("王" * 51, "GH-PER-202"), ("王\x00芳", "GH-PER-203"), ("王\ud800", "GH-PER-203"),
        ("王\u202e芳", "GH-PER-203"), ("=王芳", "GH-PER-203"), ("王芳😀", "GH-PER-203"), ("王芳2", "GH-PER-204"),
        ("王芳（班长）", "GH-PER-205"), ("王芳(女)", "GH-PER-205"), ("··", "GH-PER-206"),
    ],
)  # fmt: skip
def test_check_name_refuses_by_reason(typed: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_name(typed)
    assert caught.value.code == code
    caught.value.message.encode()


@given(st.one_of(st.text(max_size=80), st.text(alphabet="王单𠮷·a 1（\u3007㐀é\ud800", max_size=12)))
def test_arbitrary_names_are_checked_or_refused_and_indexed(text: str) -> None:
    name_index(text)
    query_grams(text)
    try:
        name = check_name(text).name
    except Refusal:
        return
    assert check_name(name).name == name
    sort, grams = name_index(name)
    assert len(sort) <= 240
    assert len(grams) == len(set(grams))
