"""`holdfast wait`: waits in an init container until every dependency is there.

Rules: standard library only, and before the first attempt nothing but the C modules of the
interpreter (docs/specs/service.md 11.2). One thread drives all targets side by side.
"""
