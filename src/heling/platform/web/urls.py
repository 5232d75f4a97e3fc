from __future__ import annotations

from django.urls import path

from heling.platform.web import views

urlpatterns = [path("presentation/", views.presentation, name="presentation")]
