"""Estimates by street, for the lists at 1.5 million elders."""

from django.db import migrations

from heling.platform.access.rls import count_closely


class Migration(migrations.Migration):
    dependencies = [("registry", "0003_supporters_unverified")]

    operations = [count_closely("registry_elder"), count_closely("registry_status")]
