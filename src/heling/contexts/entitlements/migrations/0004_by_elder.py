from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """A move or a merge looks up every row of one elder: without a scan of the table."""

    atomic = False  # so that nobody who writes has to wait

    dependencies = [
        ('entitlements', '0003_one_history'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='candidate',
            index=models.Index(fields=['elder_id'], name='entitlements_candidate_elder'),
        ),
        AddIndexConcurrently(
            model_name='due',
            index=models.Index(fields=['elder_id'], name='entitlements_due_elder'),
        ),
        AddIndexConcurrently(
            model_name='entry',
            index=models.Index(fields=['elder_id'], name='entitlements_entry_elder'),
        ),
        AddIndexConcurrently(
            model_name='item',
            index=models.Index(fields=['elder_id'], name='entitlements_item_elder'),
        ),
        AddIndexConcurrently(
            model_name='objection',
            index=models.Index(fields=['elder_id'], name='entitlements_objection_elder'),
        ),
        AddIndexConcurrently(
            model_name='review',
            index=models.Index(fields=['elder_id'], name='entitlements_review_elder'),
        ),
        AddIndexConcurrently(
            model_name='statusrow',
            index=models.Index(fields=['elder_id'], name='entitlements_status_elder'),
        ),
    ]
