from __future__ import annotations

from django.urls import path, register_converter

from heling.contexts.portal.web import portal as views
from heling.contexts.portal.web.api import api, schema


class CityCode:
    """Six digits, as in the folders of the rule packs."""

    regex = "[1-9][0-9]{5}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CityCode, "city")

portal = [
    path("", views.home, name="home"),
    path("law/", views.law_list, name="portal_law_list"),
    path("guide/", views.guide_list, name="portal_guide_list"),
    path("c/<city:code>/", views.city, name="portal_city"),
    path("c/<city:code>/guide/", views.guide, name="portal_guide"),
    path("c/<city:code>/law/<slug:slug>/", views.law, name="portal_law"),
    path("c/<city:code>/law/<slug:slug>/<int:number>/", views.article, name="portal_article"),
    path("c/<city:code>/cite/<path:address>/", views.cite, name="portal_cite"),
]

# ninja's own root page is a reverse lookup in a namespace that it does not get here.
_endpoints = [p for p in api.urls[0] if getattr(p, "name", "") != "api-root"]
# Without ninja's own namespace, so that every address of the project is named in one way.
interface = [path("openapi.json", schema, name="portal_api_schema"), *_endpoints]
