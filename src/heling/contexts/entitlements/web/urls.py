from __future__ import annotations

from django.urls import path

from heling.contexts.entitlements.web import console as views
from heling.contexts.entitlements.web import family as own
from heling.contexts.entitlements.web import portal as public

_P = "entitlements/"

console = [
    path(f"{_P}applications/", views.application_list, name="entitlements_application_list"),
    path(f"{_P}applications/<int:pk>/", views.application, name="entitlements_application"),
    path(
        f"{_P}applications/<int:pk>/<slug:step>/",
        views.application_step,
        name="entitlements_application_step",
    ),
    path(f"{_P}elders/<int:elder_id>/", views.elder, name="entitlements_elder"),
    path(f"{_P}elders/<int:elder_id>/apply/", views.apply_for, name="entitlements_apply_for"),
    path(
        f"{_P}elders/<int:elder_id>/redetermine/",
        views.redetermine,
        name="entitlements_redetermine",
    ),
    path(f"{_P}determinations/<int:pk>/", views.determination, name="entitlements_determination"),
    path(f"{_P}decisions/<int:pk>/letter/", views.decision, name="entitlements_decision"),
    path(f"{_P}candidates/", views.candidate_list, name="entitlements_candidate_list"),
    path(f"{_P}candidates/discover/", views.discover, name="entitlements_discover"),
    path(f"{_P}roll/", views.roll, name="entitlements_roll"),
    path(f"{_P}roll/elders/", views.roll_list, name="entitlements_roll_list"),
    path(f"{_P}roll/elders/<int:elder_id>/", views.roll_row, name="entitlements_roll_row"),
    path(f"{_P}notices/", views.notice_list, name="entitlements_notice_list"),
    path(f"{_P}notices/<int:pk>/", views.notice, name="entitlements_notice"),
    path(f"{_P}objections/", views.objection_list, name="entitlements_objection_list"),
    path(f"{_P}objections/<int:pk>/", views.objection, name="entitlements_objection"),
    path(f"{_P}cycles/", views.cycle_list, name="entitlements_cycle_list"),
    path(f"{_P}cycles/new/", views.cycle_new, name="entitlements_cycle_new"),
    path(f"{_P}cycles/<int:pk>/", views.cycle, name="entitlements_cycle"),
    path(f"{_P}cycles/<int:pk>/draw/", views.cycle_draw, name="entitlements_cycle_draw"),
    path(f"{_P}cycles/<int:pk>/close/", views.cycle_close, name="entitlements_cycle_close"),
]

family = [
    path("benefits/", own.benefits, name="entitlements_benefits"),
    path("benefits/<int:elder_id>/", own.benefits_of, name="entitlements_benefits_of"),
    path("benefits/<int:elder_id>/apply/", own.apply_for, name="entitlements_apply"),
    path("applications/", own.applications, name="entitlements_mine"),
    path("applications/<int:pk>/", own.application, name="entitlements_my_application"),
    path("applications/<int:pk>/objection/", own.objection, name="entitlements_my_objection"),
    path("applications/<int:pk>/<slug:step>/", own.application_step, name="entitlements_my_step"),
    path("decisions/<int:pk>/", own.decision, name="entitlements_my_decision"),
    path("decisions/<int:pk>/letter/", own.letter, name="entitlements_my_letter"),
]

portal = [
    path("notices/", public.notice_list, name="portal_notice_list"),
    path("notices/<int:pk>/", public.notice, name="portal_notice"),
    path("notices/lines/<int:pk>/objection/", public.objection, name="portal_objection"),
]
