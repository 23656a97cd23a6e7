"""Variables in a Dockerfile: what ARG and ENV set, and what a word with them becomes.

Rules: those of github.com/moby/buildkit frontend/dockerfile/shell/lex.go (v0.21). A value that is
given at build time, or by the base image, is not known: the word is None then.
"""

import re
from collections.abc import Iterator, Mapping

import msgspec

from holdfast.model.dockerfile import Instruction, Word
from holdfast.model.regex import regex

_NAME = regex(r"[A-Za-z_]\w*", re.ASCII)
_BRACED = regex(r"\{(?P<name>[A-Za-z_]\w*)(?:(?P<operator>:?[-+?])(?P<word>[^}]*))?\}", re.ASCII)


class Pair(msgspec.Struct, frozen=True):
    """NAME=value as ENV, ARG and LABEL hold it; the value as written, None where ARG has none."""

    name: str
    value: str | None
    word: Word


class _UnknownError(Exception):
    """A variable whose value only the build or the base image knows."""


def pairs_of(instruction: Instruction, escape: str = "\\") -> Iterator[Pair]:
    """The pairs of an ENV, ARG or LABEL, also of the old form `ENV NAME value with spaces`."""
    words = instruction.words
    if instruction.keyword == "ENV" and words and "=" not in words[0].text:
        name = words[0].text
        yield Pair(name, instruction.text[len(name) :].strip(), words[0])
        return
    for word in words:
        name, equals, value = word.text.partition("=")
        if equals or instruction.keyword == "ARG":
            plain = expand(name, {}, escape)
            yield Pair(plain if plain is not None else name, value if equals else None, word)


def expand(text: str, known: Mapping[str, str | None], escape: str = "\\") -> str | None:
    """A word without its quotes and with its variables; None where one of them is not known."""
    if not any(character in text for character in ("$", "'", '"', escape)):
        return text
    try:
        return _Expansion(text, known, escape).whole()
    except _UnknownError:
        return None


class _Expansion:
    """One word being read from left to right."""

    def __init__(self, text: str, known: Mapping[str, str | None], escape: str) -> None:
        self._text, self._known, self._escape = text, known, escape
        self._at = 0

    def whole(self) -> str:
        """The word up to its end."""
        parts, quoted = [], False
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == '"':
                quoted = not quoted
                self._at += 1
            elif character == "'" and not quoted:
                end = self._text.find("'", self._at + 1)
                end = len(self._text) if end < 0 else end
                parts.append(self._text[self._at + 1 : end])
                self._at = end + 1
            elif character == self._escape:
                parts.append(self._escaped(quoted=quoted))
            elif character == "$":
                parts.append(self._variable())
            else:
                parts.append(character)
                self._at += 1
        return "".join(parts)

    def _escaped(self, *, quoted: bool) -> str:
        """What an escape stands for; inside of quotes it only escapes what has a meaning there."""
        following = self._text[self._at + 1 : self._at + 2]
        self._at += 2
        if quoted and following not in ('"', "$", self._escape):
            return self._escape + following
        return following

    def _variable(self) -> str:
        braced = _BRACED.match(self._text, self._at + 1)
        if braced is not None:
            self._at = braced.end()
            return self._substituted(braced["name"], braced["operator"] or "", braced["word"] or "")
        name = _NAME.match(self._text, self._at + 1)
        if name is not None:
            self._at = name.end()
            return self._value(name.group())
        if self._text.startswith("{", self._at + 1):
            # ${name#pattern}, ${name/a/b} and the like are not worked out.
            raise _UnknownError
        self._at += 1
        return "$"

    def _substituted(self, name: str, operator: str, word: str) -> str:
        """The value with its default (-) or alternative (+); a colon takes empty for not set."""
        if not operator or operator.endswith("?"):
            return self._value(name)
        if name in self._known:
            value = self._value(name)
            is_set = bool(value) or not operator.startswith(":")
        else:
            value, is_set = "", False
        alternative = expand(word, self._known, self._escape)
        if alternative is None:
            raise _UnknownError
        if operator.endswith("+"):
            return alternative if is_set else ""
        return value if is_set else alternative

    def _value(self, name: str) -> str:
        value = self._known.get(name)
        if value is None:
            raise _UnknownError
        return value
