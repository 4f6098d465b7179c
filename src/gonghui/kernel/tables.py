"""Many tables in one migration operation, so that a fresh installation does not draw its models anew for each.

Django renders the models of every operation's state, and in this house nearly all models are related through
organisations and persons: an operation a table, index and constraint costs a third of a second each, minutes on a
first start. One operation for all tables of an app renders them once, and of the others only those they point to; a
migration says so with a last line `operations = [CreateTables(operations)]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import StateApps
from django.db.migrations.utils import resolve_relation

Models = dict[tuple[str, str], Any]
"""(app, name in small letters) → the state of a model."""


def _with_what_they_point_to(app_label: str, names: Sequence[str], models: Models) -> Models:
    """The named models, what their columns refer to, what that refers to, and so on."""
    found: Models = {}
    waiting = [(app_label, name.lower()) for name in names]
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        state = found[key] = models[key]
        waiting += [resolve_relation(base, *key) for base in state.bases if isinstance(base, str)]
        for field in state.fields.values():
            if field.remote_field is not None:
                waiting.append(resolve_relation(field.remote_field.model, *key))
                if through := getattr(field.remote_field, "through", None):
                    waiting.append(resolve_relation(through, *key))
    return found


class CreateTables(Operation):
    """The tables that a list of ordinary operations describes, made together with their indexes and constraints.

    The operations may create models, and add fields, indexes and constraints to these and to no others.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.operations], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # whoever needs all models draws them then
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def _models(self, app_label: str, state: Any) -> list[Any]:
        names = [operation.name for operation in self.operations if isinstance(operation, CreateModel)]
        apps = StateApps(
            state.real_apps, _with_what_they_point_to(app_label, names, state.models), ignore_swappable=True
        )
        return [apps.get_model(app_label, name) for name in names]

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model in self._models(app_label, to_state):
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.create_model(model)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for model in reversed(self._models(app_label, from_state)):
            if self.allow_migrate_model(schema_editor.connection.alias, model):
                schema_editor.delete_model(model)

    def describe(self) -> str:
        return f"Create {sum(isinstance(one, CreateModel) for one in self.operations)} tables"
