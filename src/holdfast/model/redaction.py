"""Takes secrets out of text, and leaves what decides a cause.

Rules: hosts, ports, users and names of databases stay, because they tell what could not be reached
and who was refused. In doubt a value that follows the name of a secret goes. Redacting twice gives
the same as redacting once, hence the possessive quantifiers in front of a mark. This is the second
net: causes never quote environment values, arguments or annotations in the first place
(docs/architecture.md).
"""

import re

from holdfast.model.regex import regex

MARK = "[redacted]"

# What a name of a secret ends in. Only the value that follows is replaced, never the name.
_NAMES = (
    r"(?:passw(?:or)?d|passphrase|passwort|(?<![a-z])pass|pwd|secret|token|credentials?|cookie"
    r"|(?:api|access|account|auth|client|encryption|master|private|secret|shared|signing|storage)"
    r"[_.-]?key(?:[_.-]?id)?|(?<![a-z])(?:sig|signature|jwt|sas|session[_-]?id))"
)
# "(using password: YES)" of MySQL and "token: expired" tell a cause and no secret.
_HARMLESS = (
    r"(?!(?:yes|no|true|false|null|nil|none|not|is|was|has|missing|empty|expired|invalid|required)\b"
    r"|\[redacted)"
)
_VALUE = r"""(?:\\*"(?:[^"\\\n]|\\(?!"))*(?:\\*")?|'[^'\n]*'?|[^\s,;&"'(){}\[\]<>]+)"""
_ASSIGNED = regex(
    rf"""({_NAMES}(?:\\*["'])?\]?[ \t]*(?:=>|:=|=|:)[ \t]*+){_HARMLESS}{_VALUE}""", re.IGNORECASE
)
# The bound keeps a ruler of dashes from being tried at each of its characters to its end.
_FLAG = regex(rf"((?<![\w-])--[\w-]{{0,80}}?{_NAMES}[ \t]+)(?!-){_HARMLESS}{_VALUE}", re.IGNORECASE)
# A variable in a manifest or its JSON: the name stands in one field, the value in the next.
_VARIABLE = regex(
    rf"""(name["']?[ \t]*:[ \t]*["']?[\w.-]*{_NAMES}["']?[\s,+-]*["']?value["']?[ \t]*:[ \t]*+)"""
    rf"""(?!\[redacted)(?:"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?|[^\n,}}]+)""",
    re.IGNORECASE,
)
_PEM = regex(r"-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|\Z)", re.DOTALL)
# scheme://user:password@host, with or without a user. A password may hold "@" or, against the
# rules of URLs, "/"; a port in that place is followed by a path and stays.
_URL_PASSWORD = regex(r"(://[^\s:/@\"'<>]*:)(?!\[redacted)[^\s/\"'<>]+@")
_URL_PASSWORD_WITH_SLASH = regex(r"(://[^\s:/@\"'<>]*:)(?!\[redacted|\d{1,5}[/?#])[^\s@\"'<>]+@")
# A token in the place of the user: nobody's name is that long.
_URL_TOKEN = regex(r"(://)[^\s:/@\"'<>\[]{20,}@")
# user:password@tcp(host:3306)/db of Go's MySQL driver, and user:password@host of clients; not
# image:tag@sha256:digest.
_DSN = regex(r"(?<![\w/.:-])([\w.-]{1,64}:)(?!\[redacted|//)[^\s@:/\"'<>]+@(?!sha\d+:)(?=[\w\[(])")
_AUTHORIZATION = regex(
    r"(authorization(?:\\*[\"'])?[ \t]*[:=][ \t]*(?:\\*[\"'])?(?:(?:basic|bearer|digest|token"
    r"|negotiate|aws4-hmac-sha256)[ \t]++)?+)(?!\[redacted)[^\s\"'\\]+",
    re.IGNORECASE,
)
_COOKIE = regex(r"((?:set-)?cookie2?[ \t]*:[ \t]*+)(?!\[redacted)[^\n\"']+", re.IGNORECASE)
_BEARER = regex(r"(\bbearer[ \t]+)(?!\[redacted)(?=\S*[0-9._-])[\w.~+/=-]{6,}", re.IGNORECASE)
# Base64 of user:password has a capital or a digit inside; "basic authentication" has not.
_BASIC = regex(r"(\b[Bb](?:asic|ASIC)[ \t]+)(?=\w+[A-Z0-9=])[\w+/]{6,}={0,2}")
# Tokens that say by their own form what they are, with the documentation of each issuer.
_FORMS = regex(
    r"\beyJ[\w-]{5,}\.[\w-]{2,}(?:\.[\w-]*){0,3}"  # JSON web token: RFC 7519
    r"|\b(?:AKIA|ASIA|AGPA|AROA|AIDA|ANPA|ANVA)[A-Z0-9]{12,}\b"  # AWS IAM identifiers
    r"|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}"  # GitHub
    r"|\bglpat-[\w-]{16,}"  # GitLab
    r"|\bxox[abeoprs]-[\w-]{10,}"  # Slack
    r"|\b[rs]k_(?:live|test)_\w{10,}|\bsk-[\w-]{20,}"  # Stripe, OpenAI
    r"|\bAIza[\w-]{30,}|\bya29\.[\w.-]{10,}"  # Google
    r"|\bhv[sbr]\.[\w-]{20,}|\bnpm_\w{30,}|\bdop_v1_\w{30,}"  # Vault, npm, DigitalOcean
)
# Cheap looks that spare nearly all texts the rest: a text without any of these holds no secret that
# the patterns behind them know.
_FORM_SIGN = regex(
    r"eyJ|A(?:KIA|SIA|GPA|ROA|IDA|NPA|NVA|Iza)|gh[pousr]_|github_pat_|glpat-|xox|k_live|k_test|sk-"
    r"|ya29|hv[sbr]\.|npm_|dop_v1_"
)
_NAME_SIGN = regex(
    r"pass|pwd|secret|token|credential|cookie|key|sig|jwt|sas|session|authorization|bearer|basic",
    re.IGNORECASE,
)


def redact(text: str) -> str:
    """The text with every secret that can be recognised replaced by a mark."""
    if "-----BEGIN" in text:
        text = _PEM.sub("[redacted PEM block]", text)
    if _FORM_SIGN.search(text):
        text = _FORMS.sub(MARK, text)
    if "@" in text:
        for pattern in (_URL_PASSWORD, _URL_PASSWORD_WITH_SLASH, _URL_TOKEN, _DSN):
            text = pattern.sub(rf"\g<1>{MARK}@", text)
    if _NAME_SIGN.search(text):
        for pattern in (_AUTHORIZATION, _COOKIE, _BEARER, _BASIC, _VARIABLE, _FLAG, _ASSIGNED):
            text = pattern.sub(rf"\g<1>{MARK}", text)
    return text
