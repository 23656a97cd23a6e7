"""Makes text from logs harmless: no escape sequence and no control character gets through.

Rules: a log line may hold bytes that move the cursor, set the window title or reverse the reading
direction. Line feeds and tabs stay, because diffs and messages need them; what is taken out of the
middle of a text leaves a replacement mark, so that nothing disappears unseen.
"""

from holdfast.model.regex import regex

# ECMA-48: control sequences, control strings (OSC, DCS, SOS, PM, APC) and two-byte escapes, each
# with its eight-bit form. A string without an end is cut at the end of its line.
_SEQUENCE = regex(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
# Other C0 and C1 controls, the line separators of Unicode, marks and overrides of the reading
# direction (UAX 9), the byte order mark, interlinear annotations, surrogates, noncharacters.
_UNPRINTABLE = regex(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def printable(text: str) -> str:
    """The text without escape sequences, other control characters shown as U+FFFD."""
    if text.isascii() and text.isprintable():
        return text
    return _UNPRINTABLE.sub("\ufffd", _SEQUENCE.sub("", text.replace("\r\n", "\n")))


def one_line(text: str) -> str:
    """The text with every run of white space, line feeds included, as one space."""
    return " ".join(text.split())
