from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "heling.contexts.identity"
    label = "identity"
    verbose_name = "账号与岗位"

    def ready(self) -> None:
        from heling.contexts.identity.access import GRANTS
        from heling.contexts.identity.roles import ROLES, grant
        from heling.platform.journal.words import name_roles

        grant(GRANTS)
        name_roles({key: role.label for key, role in ROLES.items()})
