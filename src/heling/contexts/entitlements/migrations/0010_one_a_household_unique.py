from django.db import migrations, models

# Unique indexes are what these constraints are; made beside those who write, not before them.
ITEM = "entitlements_item_once_a_household"
CANDIDATE = "entitlements_candidate_once_a_household"


def _unique(name: str, table: str, condition: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f'create unique index concurrently if not exists {name} on entitlements_{table}'
        f' (household_id, "grant") where {condition}',
        f"drop index concurrently if exists {name}",
    )


class Migration(migrations.Migration):
    """One benefit of the household behind one door (columns and doors: 0007)."""

    atomic = False

    dependencies = [
        ("entitlements", "0009_roll_order"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[_unique(ITEM, "item", "live")],
            state_operations=[
                migrations.AddConstraint(
                    model_name="item",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(live=True),
                        fields=("household_id", "grant"),
                        name=ITEM,
                        violation_error_message="这一户的这个项目已有正在办理或正在享受的申请，同住的老年人只办一份",
                    ),
                )
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[_unique(CANDIDATE, "candidate", "state in ('found', 'invited')")],
            state_operations=[
                migrations.AddConstraint(
                    model_name="candidate",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(state__in=["found", "invited"]),
                        fields=("household_id", "grant"),
                        name=CANDIDATE,
                        violation_error_message="这一户的这个项目已在名单中",
                    ),
                )
            ],
        ),
    ]
