"""Addresses of the studio."""

from __future__ import annotations

from django.urls import path

from heling.contexts.reforms.web import console as views
from heling.contexts.reforms.web import exporting

_P = "reforms/"
_S = f"{_P}<int:pk>/scenarios/<int:position>/"

console = [
    path(_P, views.plan_list, name="reforms_list"),
    path(f"{_P}new/", views.plan_new, name="reforms_new"),
    path(f"{_P}snapshot/", views.snapshot, name="reforms_snapshot"),
    path(f"{_P}<int:pk>/", views.plan, name="reforms_plan"),
    path(f"{_P}<int:pk>/settings/", views.settings, name="reforms_settings"),
    path(f"{_P}<int:pk>/remove/", views.remove, name="reforms_remove"),
    path(f"{_P}<int:pk>/scenarios/", views.scenario_new, name="reforms_scenario_new"),
    path(_S, views.scenario, name="reforms_scenario"),
    path(f"{_S}results/", views.results, name="reforms_results"),
    path(f"{_S}text/", exporting.text, name="reforms_text"),
    path(f"{_S}remove/", views.scenario_remove, name="reforms_scenario_remove"),
    path(f"{_P}<int:pk>/export/<slug:form>/", exporting.export, name="reforms_export"),
]
