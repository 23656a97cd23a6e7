"""The services that `holdfast new` writes: their files, and what is filled into them.

- `answers` holds what is asked; `fill_in` puts it into a file; `files/` are the files, one
  directory for each framework and one for what all of them share.

Rules: a file ends in .template, and its name begins with "dot-" where the written one begins with a
dot. Nothing is written here, and no template is a text in Python.
"""
