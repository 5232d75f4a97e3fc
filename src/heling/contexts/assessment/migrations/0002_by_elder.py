from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """A move or a merge looks up every row of one elder: without a scan of the table."""

    atomic = False  # so that nobody who writes has to wait

    dependencies = [
        ('assessment', '0001_initial'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='answered',
            index=models.Index(fields=['elder_id'], name='assessment_answered_elder'),
        ),
        AddIndexConcurrently(
            model_name='assessor',
            index=models.Index(fields=['elder_id'], name='assessment_assessor_elder'),
        ),
        AddIndexConcurrently(
            model_name='riskevent',
            index=models.Index(fields=['elder_id'], name='assessment_risk_elder'),
        ),
        AddIndexConcurrently(
            model_name='transition',
            index=models.Index(fields=['elder_id'], name='assessment_transition_elder'),
        ),
    ]
