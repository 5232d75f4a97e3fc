"""Addresses of the assessment context, by face."""

from __future__ import annotations

from django.urls import path

from heling.contexts.assessment.web import console as views
from heling.contexts.assessment.web import facts, filling, lists
from heling.contexts.assessment.web import family as home

console = [
    path("assessments/", lists.assessments, name="assessment_list"),
    path("assessments/due/", lists.due, name="assessment_due_list"),
    path("assessments/disputes/", lists.disputes, name="assessment_dispute_list"),
    path("elders/<int:elder_id>/assessments/", views.elder_history, name="assessment_history"),
    path("elders/<int:elder_id>/assessments/new/", views.arrange, name="assessment_arrange"),
    path("assessments/<int:pk>/", views.page, name="assessment"),
    path("assessments/<int:pk>/team/", views.assign, name="assessment_assign"),
    path("assessments/<int:pk>/form/", filling.form, name="assessment_form"),
    path("assessments/<int:pk>/facts/", facts.facts, name="assessment_facts"),
    path("assessments/<int:pk>/facts/<str:key>/", facts.fact, name="assessment_fact"),
    path("assessments/<int:pk>/item/<str:code>/", filling.item, name="assessment_item"),
    path("assessments/<int:pk>/risks/", filling.risks, name="assessment_risks"),
    path(
        "assessments/<int:pk>/risks/<int:event_id>/remove/",
        filling.risk_remove,
        name="assessment_risk_remove",
    ),
    path("assessments/<int:pk>/submit/", filling.submit, name="assessment_submit"),
    path("assessments/<int:pk>/sign/", views.sign, name="assessment_sign"),
    path("assessments/<int:pk>/send-back/", views.send_back, name="assessment_send_back"),
    path("assessments/<int:pk>/dispute/", views.dispute, name="assessment_dispute"),
    path(
        "assessments/<int:pk>/dispute/withdraw/",
        views.withdraw,
        name="assessment_dispute_withdraw",
    ),
    path("assessments/<int:pk>/void/", views.void, name="assessment_void"),
    path("assessments/<int:pk>/report.pdf", views.report, name="assessment_report"),
]

family = [
    path("assessment/", home.results, name="assessment_family"),
    path("assessment/<int:pk>/dispute/", home.dispute, name="assessment_family_dispute"),
    path("assessment/<int:pk>/withdraw/", home.withdraw, name="assessment_family_withdraw"),
    path("assessment/<int:pk>/report.pdf", home.report, name="assessment_family_report"),
]
