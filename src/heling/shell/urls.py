"""Every address of every face. A URL without a row in the permission matrix fails a test."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("heling.platform.web.urls")),
    path("ui/", include("heling.shell.ui.urls")),
    path("accounts/", include("allauth.urls")),
]
