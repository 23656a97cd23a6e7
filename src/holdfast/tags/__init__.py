"""Which tag comes next, and whether the tag that a manifest names is right.

- `conventional_commit` reads what a commit changes; `next_version` counts; `next_tag` decides, and
  says why not; `verify` checks a tag that is used.

Rules: everything here is arithmetic on what git said (`sources.git_repository`); it runs nothing.
"""
