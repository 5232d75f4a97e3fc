"""What tests of every context share. Never imported by production code."""
