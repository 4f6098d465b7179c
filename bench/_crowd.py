"""A generated city for measurements: a tree of unions and people with the name frequencies of a Chinese province."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from gonghui.kernel.org.rules import label
from gonghui.kernel.people.rules import name_index

# The hundred most frequent surnames in their order; the n-th is taken with weight 1/(n+6), close to the census.
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂志建国华文玉红春梅海金小晓永德福生荣学东林云新光辉龙飞鹏"
    "波宇浩斌峰亮成康义兴发祥胜利忠民才良仁和正清水根火土木山川江河湖雪冰雨露花草香凤燕莺琴棋书画诗琳琪瑶佳怡"
    "欣悦婷慧雯倩颖洁莉蓉薇菲萍莲菊竹松柏柳桃杏梨安宁康乐喜庆吉瑞祥丰盛茂达通顺远长久细妹根苟毛仔牛狗圣贤智信"
)


def names(count: int, seed: int = 7) -> list[str]:
    """Generated full names; two in ten have two characters."""
    source = random.Random(seed)
    surname_weights = [1 / (rank + 6) for rank in range(len(SURNAMES))]
    given_weights = [1 / (rank + 6) for rank in range(len(GIVEN))]
    surnames = source.choices(SURNAMES, surname_weights, k=count)
    first = source.choices(GIVEN, given_weights, k=count)
    second = source.choices(GIVEN, given_weights, k=count)
    return [a + b if source.random() < 0.2 else a + b + c for a, b, c in zip(surnames, first, second, strict=True)]


def tree(counties: int, townships: int, unions: int) -> Iterator[tuple[int, int | None, str, str, str, str]]:
    """(id, parent, path, name, kind, level): one city, its counties, their townships, the unions in them."""
    yield 1, None, label(1), "量城总工会", "federation", "city"
    number = 1
    for county in range(counties):
        number += 1
        county_id, county_path = number, label(1) + label(number)
        yield county_id, 1, county_path, f"第{county}县总工会", "federation", "county"
        for township in range(townships):
            number += 1
            township_id, township_path = number, county_path + label(number)
            yield township_id, county_id, township_path, f"第{township}镇总工会", "federation", "township"
            for _ in range(unions):
                number += 1
                yield (
                    number,
                    township_id,
                    township_path + label(number),
                    f"{number}号企业工会",
                    "grassroots_union",
                    "unit",
                )


def fill(
    connection: psycopg.Connection[Any],
    people: int,
    progress: Callable[[str], None],
    *,
    counties: int = 13,
    townships: int = 20,
    unions: int = 30,
) -> list[tuple[int, str, str]]:
    """Write tree, people, memberships and name pieces as the owner. Returns (id, path, level) of the organisations."""
    bodies = list(tree(counties, townships, unions))
    homes = [(body[0], body[2]) for body in bodies if body[5] == "unit"]
    cursor = connection.cursor()
    cursor.executemany(
        "INSERT INTO organisation (id, parent_id, path, name, kind, level, short_name, name_key, state, code, uscc, "
        "union_kind, unit_kind, industry, region_code, address, office_phone, listed, intro, version) "
        "VALUES (%s, %s, %s, %s, %s, %s, '', '', 'active', '', '', '', '', '', '', '', '', true, '', 1)",
        bodies,
    )
    drawn = names(people)
    distinct = {name: number for number, name in enumerate(dict.fromkeys(drawn))}
    progress(f"{len(bodies):,} 个组织，{people:,} 人，{len(distinct):,} 个不同姓名")
    cursor.execute("CREATE TEMP TABLE given (name_id int, name text, name_key text)")
    cursor.execute("CREATE TEMP TABLE piece (name_id int, gram text)")
    with cursor.copy("COPY given FROM STDIN") as given:
        keys = {name: name_index(name) for name in distinct}
        for name, number in distinct.items():
            given.write_row((number, name, keys[name][0]))
    with cursor.copy("COPY piece FROM STDIN") as piece:
        for name, number in distinct.items():
            for gram in dict.fromkeys(keys[name][1]):
                piece.write_row((number, gram))
    cursor.execute("CREATE TEMP TABLE one (id bigint, name_id int, organisation_id bigint, path text)")
    with cursor.copy("COPY one FROM STDIN") as one:
        for number, name in enumerate(drawn):
            home = homes[number * len(homes) // people]
            one.write_row((number + 1, distinct[name], home[0], home[1]))
    cursor.execute("ANALYZE given; ANALYZE piece; ANALYZE one")
    progress("写入人员和会籍")
    cursor.execute(
        """INSERT INTO person (id, path, name, name_key, id_kind, id_hash, id_sealed, id_mask, phone_sealed, phone_hash,
             phone_mask, sex, birth, ethnicity, education, politics, skill_level, version)
           SELECT o.id, o.path, g.name, g.name_key, 'identity_card', decode(md5('id' || o.id), 'hex'), '\\x00',
             '3608**********' || lpad((o.id % 10000)::text, 4, '0'), '\\x00', decode(md5('p' || o.id), 'hex'),
             '138****' || lpad((o.id * 7919 % 10000)::text, 4, '0'), (1 + o.id % 2)::text,
             date '1960-01-01' + (o.id * 7 % 16000)::int, '', '', '', '', 1
           FROM one o JOIN given g USING (name_id) ORDER BY o.id"""
    )
    cursor.execute(
        """INSERT INTO membership (person_id, organisation_id, path, status, joined_on, valid_from, start_reason,
             end_reason, retention_reason, person_name, card_no, worker_kind, occupation, new_form, platforms,
             employer_name, department, staff_no, version)
           SELECT id, organisation_id, path, 'active', '2020-01-01', '2020-01-01', 'admission', '', '', '',
             'GH' || lpad(id::text, 10, '0'), 'regular', '', '', '{}', '', '', '', 1 FROM one ORDER BY id"""
    )
    connection.commit()
    progress("写入姓名索引")
    cursor.execute("SELECT conname FROM pg_constraint WHERE conrelid = 'person_gram'::regclass AND contype = 'f'")
    for (foreign_key,) in cursor.fetchall():  # five million checks of what was just made
        cursor.execute(f'ALTER TABLE person_gram DROP CONSTRAINT "{foreign_key}"')
    cursor.execute("ALTER TABLE person_gram DROP CONSTRAINT person_gram_once; DROP INDEX person_gram_of")
    cursor.execute(
        "INSERT INTO person_gram (gram, person_id) SELECT p.gram, o.id FROM one o JOIN piece p USING (name_id)"
    )
    cursor.execute(
        "ALTER TABLE person_gram ADD CONSTRAINT person_gram_once UNIQUE (gram, person_id); "
        "CREATE INDEX person_gram_of ON person_gram (person_id)"
    )
    connection.commit()
    connection.autocommit = True
    for table in ("person", "membership", "person_gram", "organisation", "organisation_tally"):
        cursor.execute(f"VACUUM ANALYZE {table}")
    return [(body[0], body[2], body[5]) for body in bodies]
