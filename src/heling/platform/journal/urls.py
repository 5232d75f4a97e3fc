from __future__ import annotations

from django.urls import path

from heling.platform.journal import views

urlpatterns = [
    path("journal/", views.entries, name="journal_entry_list"),
    path("readings/", views.readings, name="journal_reading_list"),
]
