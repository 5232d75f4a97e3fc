from __future__ import annotations

from django.urls import path

from heling.platform.lists import export, runs

urlpatterns = [
    path("jobs/", runs.mine, name="jobs_run_list"),
    path("jobs/<int:run_id>/", runs.one, name="jobs_run"),
    path("jobs/<int:run_id>/cancel/", runs.stop, name="jobs_run_cancel"),
    path("jobs/<int:run_id>/file/", export.file, name="lists_export_file"),
]
