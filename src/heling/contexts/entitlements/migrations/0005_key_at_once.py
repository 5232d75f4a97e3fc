from django.db import migrations

# The key to the elder is checked when a row is written, not at commit: whoever writes about an
# elder holds the elder's place, and a move waits for them. Checked at commit only, the two could
# wait for each other, and the commit failed where nobody can say why.
TABLES = (
    "application",
    "award",
    "candidate",
    "decision",
    "determination",
    "due",
    "entry",
    "item",
    "objection",
    "review",
    "statusrow",
)


def _initially(when: str) -> list[str]:
    return [
        f"alter table entitlements_{table} alter constraint entitlements_{table}_with_elder"
        f" deferrable initially {when}"
        for table in TABLES
    ]


class Migration(migrations.Migration):

    dependencies = [
        ('entitlements', '0004_by_elder'),
    ]

    operations = [
        migrations.RunSQL(_initially("immediate"), _initially("deferred")),
    ]
