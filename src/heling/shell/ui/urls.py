from __future__ import annotations

from django.urls import path

from heling.shell.ui import views

urlpatterns = [
    path("", views.components, name="ui"),
    path("family/", views.family, name="ui_family"),
    path("question/", views.question, name="ui_question"),
    path("portal/", views.portal, name="ui_portal"),
]
