"""Screens of the assessment context: the console (desk and phone) and the family."""
