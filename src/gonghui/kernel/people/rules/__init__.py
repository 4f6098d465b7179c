"""Pure rules about people: identity papers, names, phone numbers. No ORM, no clock, no request."""

from gonghui.kernel.people.rules.contact import check_phone, mask_id, mask_name, mask_phone
from gonghui.kernel.people.rules.identity import CheckedId, IdWarning, check_id
from gonghui.kernel.people.rules.names import (
    CheckedName,
    NameKeys,
    NameQuery,
    NameWarning,
    check_name,
    name_grams,
    name_index,
    name_keys,
    query_grams,
)

__all__ = [
    "CheckedId",
    "CheckedName",
    "IdWarning",
    "NameKeys",
    "NameQuery",
    "NameWarning",
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
