from django.db import migrations

# The key to the elder is checked when a row is written, not at commit: whoever writes about an
# elder holds the elder's place, and a move waits for them. Checked at commit only, the two could
# wait for each other, and the commit failed where nobody can say why.
TABLES = (
    "assessment",
    "assessor",
    "riskevent",
    "dispute",
    "transition",
    "answered",
)


def _initially(when: str) -> list[str]:
    return [
        f"alter table assessment_{table} alter constraint assessment_{table}_with_elder"
        f" deferrable initially {when}"
        for table in TABLES
    ]


class Migration(migrations.Migration):

    dependencies = [
        ('assessment', '0002_by_elder'),
    ]

    operations = [
        migrations.RunSQL(_initially("immediate"), _initially("deferred")),
    ]
