"""Every address of every face. A URL without a row in the permission matrix fails a test."""

from __future__ import annotations

from django.urls import include, path

from heling.contexts.assessment.web import urls as assessment
from heling.contexts.entitlements.web import urls as entitlements
from heling.contexts.identity.web import urls as identity
from heling.contexts.lawbook.web import urls as lawbook
from heling.contexts.portal.web import urls as portal
from heling.contexts.reforms.web import urls as reforms
from heling.contexts.registry.web import urls as registry
from heling.shell.console import home as console_home
from heling.shell.family import home as family_home

urlpatterns = [
    path("console/", console_home.home, name="console_home"),
    path("family/", family_home.home, name="family_home"),
    path("", include("heling.platform.web.urls")),
    path("", include("heling.platform.lists.urls")),
    path("ui/", include("heling.shell.ui.urls")),
    path("accounts/", include(identity.entrance)),
    path("console/", include(identity.console)),
    path("console/", include(assessment.console)),
    path("family/", include(assessment.family)),
    path("console/", include(entitlements.console)),
    path("family/", include(entitlements.family)),
    path("", include(entitlements.portal)),
    path("console/", include(reforms.console)),
    path("console/", include(lawbook.console)),
    path("console/", include("heling.platform.journal.urls")),
    path("console/", include(registry.console)),
    path("family/", include(registry.family)),
    path("", include(identity.portal)),
    path("", include(portal.portal)),
    path("api/", include(portal.interface)),
]
