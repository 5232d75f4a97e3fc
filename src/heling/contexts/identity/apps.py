from datetime import time

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "heling.contexts.identity"
    label = "identity"
    verbose_name = "账号与岗位"

    def ready(self) -> None:
        from heling.contexts.identity import jobs  # noqa: F401 - they register
        from heling.contexts.identity.access import GRANTS
        from heling.contexts.identity.roles import ROLES, grant
        from heling.platform.jobs.schedules import every_day
        from heling.platform.journal.words import name_roles

        grant(GRANTS)
        every_day("identity.clear_sessions", at=time(3, 10))
        name_roles({key: role.label for key, role in ROLES.items()})
