from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "heling.contexts.places"
    label = "places"
