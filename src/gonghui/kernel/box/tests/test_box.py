"""Nobody can look into a box: not with the application's role, not by order, number or length."""

from __future__ import annotations

from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction

from gonghui.kernel.box import services as box


def _sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_what_is_dropped_is_taken_once(db: None) -> None:
    for number in range(20):
        assert box.drop("test:a", {"n": number})
    box.drop("test:b", {"n": 99})
    assert box.count("test:a") == 20
    assert sorted(one["n"] for one in box.take("test:a")) == list(range(20))
    assert box.take("test:a") == [] and box.count("test:b") == 1


def test_order_is_left_to_chance(db: None) -> None:
    orders = set()
    for _ in range(3):
        for number in range(12):
            box.drop("test:a", {"n": number})
        orders.add(tuple(one["n"] for one in box.take("test:a")))
    assert len(orders) == 3 and tuple(range(12)) not in orders


def test_a_key_is_taken_once(db: None) -> None:
    assert box.drop("test:a", {"n": 1}, b"k" * 32)
    assert not box.drop("test:a", {"n": 2}, b"k" * 32)
    assert box.drop("test:b", {"n": 3}, b"k" * 32)
    assert box.holds("test:a", b"k" * 32) and not box.holds("test:a", b"x" * 32)
    assert box.take("test:a") == [{"n": 1}]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM box_slip",
        "SELECT xmin FROM box_slip",
        "SELECT count(*) FROM box_slip",
        "UPDATE box_slip SET box = box",
        "DELETE FROM box_slip",
        "INSERT INTO box_slip (id, box, content) VALUES (gen_random_uuid(), 'a', '')",
        "COPY box_slip TO STDOUT",
    ],
)
def test_the_application_cannot_look_in(db: None, statement: str) -> None:
    box.drop("test:a", {"n": 1})
    with pytest.raises(DatabaseError, match="permission denied"):
        _sql(statement)


def test_slips_are_of_one_length(db: None) -> None:
    box.drop("test:a", {"text": "短"})
    box.drop("test:a", {"text": "长一些的意见" * 30})
    with connection.cursor() as cursor:
        cursor.execute("SELECT length(content) FROM box_take('test:a')")
        assert len({row[0] for row in cursor.fetchall()}) == 1


def test_two_at_once_with_one_key(own_database: str) -> None:
    outcomes: list[bool] = []

    def once() -> None:
        try:
            outcomes.append(box.drop("test:race", {"n": 1}, b"r" * 32))
        finally:
            connection.close()

    threads = [Thread(target=once) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == [False] * 7 + [True]
    assert box.take("test:race") == [{"n": 1}]
