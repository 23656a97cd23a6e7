"""Rules of `holdfast check`: one directory per rule below rules/, found and not listed."""
