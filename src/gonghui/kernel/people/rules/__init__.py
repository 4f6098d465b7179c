"""Pure rules about people: identity papers, names, phone numbers. No ORM, no clock, no request."""

from gonghui.kernel.people.rules.contact import check_phone, mask_id, mask_name, mask_phone
from gonghui.kernel.people.rules.identity import CheckedId, check_id
from gonghui.kernel.people.rules.names import (
    CheckedName,
    NameKeys,
    check_name,
    name_grams,
    name_index,
    name_keys,
    query_grams,
)
from gonghui.kernel.pinyin import NameQuery

__all__ = [
    "CheckedId",
    "CheckedName",
    "NameKeys",
    "NameQuery",
    "check_id",
    "check_name",
    "check_phone",
    "mask_id",
    "mask_name",
    "mask_phone",
    "name_grams",
    "name_index",
    "name_keys",
    "query_grams",
]
