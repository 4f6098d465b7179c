"""Definitions: list, form builder, step editor, check, simulation, difference, packs, the printed page."""

from django.urls import URLPattern, path

from . import checking, editor, listing, packs, trying, what_if

_ONE = "desk/procedures/<int:pk>/"

urls: list[URLPattern] = [
    path("desk/procedures/", listing.listing, name="definitions"),
    path("desk/procedures/new", listing.new, name="definition_new"),
    path("desk/procedures/packs/", packs.packs, name="packs"),
    path("desk/procedures/packs/export", packs.export, name="pack_export"),
    path("desk/procedures/packs/accept", packs.accept, name="pack_accept"),
    path("desk/procedures/rules/<str:key>/what-if", what_if.page, name="what_if"),
    path(_ONE, listing.one, name="definition"),
    path(_ONE + "difference", listing.difference, name="definition_difference"),
    path(_ONE + "copy", listing.copy, name="definition_copy"),
    path(_ONE + "update", listing.update, name="definition_update"),
    path(_ONE + "retire", checking.retire, name="definition_retire"),
    path(_ONE + "discard", checking.discard, name="definition_discard"),
    path(_ONE + "edit/basics", editor.basics, name="definition_basics"),
    path(_ONE + "edit/form", editor.form, name="definition_form"),
    path(_ONE + "edit/form/preview", editor.preview, name="definition_preview"),
    path(_ONE + "edit/form/new", editor.section, name="definition_section_new"),
    path(_ONE + "edit/form/<int:at>", editor.section, name="definition_section"),
    path(_ONE + "edit/form/<int:part>/new", editor.field, name="definition_field_new"),
    path(_ONE + "edit/form/<int:part>/<int:at>", editor.field, name="definition_field"),
    path(_ONE + "edit/steps", editor.steps, name="definition_steps"),
    path(_ONE + "edit/steps/new", editor.step, name="definition_step_new"),
    path(_ONE + "edit/steps/<int:at>", editor.step, name="definition_step"),
    path(_ONE + "edit/after", editor.after, name="definition_after"),
    path(_ONE + "edit/after/<slug:slot>/new", editor.effect, name="definition_effect_new"),
    path(_ONE + "edit/after/<slug:slot>/<int:at>", editor.effect, name="definition_effect"),
    path(_ONE + "edit/act", editor.act, name="definition_act"),
    path(_ONE + "edit/text", editor.text, name="definition_text"),
    path(_ONE + "edit/check", checking.check, name="definition_check"),
    path(_ONE + "edit/try", trying.run, name="definition_try"),
]
