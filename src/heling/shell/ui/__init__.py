"""/ui/: every component on one page, on every face, to be looked at and tested."""
