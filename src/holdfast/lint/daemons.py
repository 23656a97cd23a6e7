"""Commands that send their program to the background and end, and what keeps it in front."""

from holdfast.model.regex import regex

# rules.md HF719 and HF810.
_DAEMONS = (
    (regex(r"(?:^|[\s;&])service\s+\S+\s+start\s*$"), "the program itself, in the foreground"),
    (regex(r"(?:^|[\s/])apache(?:2)?ctl\s+start\s*$"), "apachectl -D FOREGROUND"),
    (regex(r"(?:^|[\s/])pm2\s+start\b"), "pm2-runtime start"),
    (regex(r"redis-server\s.*--daemonize\s+yes"), "--daemonize no"),
    (regex(r"(?:^|[\s/])nginx\s*$"), "nginx -g 'daemon off;'"),
    (regex(r"[^&]&\s*$"), "the program without &, behind exec"),
)
_STAYS = regex(r"tail\s+-[fF]|sleep\s+infinity|(?:^|[\s;])wait(?:$|[\s;])")


def foreground_of(command: str) -> str:
    """What keeps the program of a command in front; "" where it stays there."""
    if _STAYS.search(command):
        return ""
    return next((instead for pattern, instead in _DAEMONS if pattern.search(command)), "")
