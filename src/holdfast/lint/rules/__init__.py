"""The rules, by family; a rule is a package of its own (docs/writing-rules.md)."""
