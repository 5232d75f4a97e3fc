"""What screens and other contexts ask. One module per kind of question."""
