"""What ``run.py`` does. It runs before anything is installed, so it needs the standard library alone."""
