"""Dockerfiles: lines, words, instructions, stages, and the scripts beside them.

The parser is our own, because no other gives what edits need. dockerfile-parse 2.0 reads bodies of
heredocs as instructions and loses what follows a comment in a continuation; the binding of
BuildKit's parser (dockerfile 3.4) has no columns, and is the oracle of our tests; the tree-sitter
grammars do not take a broken JSON array for shell form, as BuildKit does (docs/specs/rules.md 8.1).
"""
