"""The faces, the settings and the command line: what starts and what is seen."""
