"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heling.shell.settings")
application = get_wsgi_application()

# What was loaded to serve at all lives as long as the process. Set aside, it is not walked
# through at every full collection, which otherwise falls into one page of some hundreds.
get_resolver().url_patterns  # noqa: B018  loads every view
gc.collect()
gc.freeze()
