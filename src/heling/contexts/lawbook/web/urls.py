from __future__ import annotations

from django.urls import path

from heling.contexts.lawbook.web import console as views

_P = "lawbook/"
_PACK = f"{_P}packs/<slug:folder>/<slug:name>/"
_DRAFT = f"{_P}drafts/<int:pk>/"

console = [
    path(_P, views.pack_list, name="lawbook_list"),
    path(_PACK, views.pack, name="lawbook_pack"),
    path(f"{_PACK}begin/", views.begin, name="lawbook_begin"),
    path(f"{_P}editions/<int:pk>/", views.edition, name="lawbook_edition"),
    path(_DRAFT, views.draft, name="lawbook_draft"),
    path(f"{_DRAFT}edit/", views.edit, name="lawbook_edit"),
    path(f"{_DRAFT}check/", views.check, name="lawbook_check"),
    path(f"{_DRAFT}prove/", views.prove, name="lawbook_prove"),
    path(f"{_DRAFT}<slug:step>/", views.step, name="lawbook_step"),
]
