"""Addresses of the registry, by face."""

from __future__ import annotations

from django.urls import path

from heling.contexts.registry.web import (
    elders,
    lists,
    living,
    merging,
    rosters,
    statuses,
    supporters,
)
from heling.contexts.registry.web import (
    family as own,
)

console = [
    path("elders/", lists.elder_list, name="registry_elder_list"),
    path("elders/new/", elders.new, name="registry_elder_new"),
    path("elders/duplicates/", merging.duplicates, name="registry_duplicate_list"),
    path("elders/<int:keep_id>/merge/<int:merge_id>/", merging.merge, name="registry_merge"),
    path("elders/<int:pk>/", elders.elder, name="registry_elder"),
    path("elders/<int:pk>/edit/", elders.edit, name="registry_elder_edit"),
    path("elders/<int:pk>/reveal/", elders.reveal, name="registry_reveal"),
    path("elders/<int:pk>/move/", living.move, name="registry_move"),
    path("elders/<int:pk>/death/", living.death, name="registry_death"),
    path("elders/<int:pk>/away/", living.away, name="registry_away"),
    path("elders/<int:pk>/reinstate/", living.reinstate, name="registry_reinstate"),
    path("elders/<int:pk>/after/", living.after, name="registry_after"),
    path("elders/<int:pk>/statuses/new/", statuses.new, name="registry_status_new"),
    path("statuses/<int:pk>/end/", statuses.end, name="registry_status_end"),
    path("statuses/<int:pk>/revoke/", statuses.revoke, name="registry_status_revoke"),
    path("elders/<int:pk>/supporters/new/", supporters.new, name="registry_supporter_new"),
    path("supporters/<int:pk>/", supporters.edit, name="registry_supporter_edit"),
    path("supporters/<int:pk>/remove/", supporters.remove, name="registry_supporter_remove"),
    path("supporters/<int:pk>/reveal/", elders.reveal_supporter, name="registry_supporter_reveal"),
    path("elders/<int:pk>/represent/", supporters.represent, name="registry_represent"),
    path(
        "elders/<int:pk>/represent/<int:representation_id>/withdraw/",
        supporters.withdraw,
        name="registry_withdraw",
    ),
    *rosters.console,
]

family = [path("about/", own.about, name="registry_family_about")]
