"""Commands that send their program to the background and end, and what keeps it in front."""

import re

# rules.md HF719 and HF810.
_DAEMONS = (
    (re.compile(r"(?:^|[\s;&])service\s+\S+\s+start\s*$"), "the program itself, in the foreground"),
    (re.compile(r"(?:^|[\s/])apache(?:2)?ctl\s+start\s*$"), "apachectl -D FOREGROUND"),
    (re.compile(r"(?:^|[\s/])pm2\s+start\b"), "pm2-runtime start"),
    (re.compile(r"redis-server\s.*--daemonize\s+yes"), "--daemonize no"),
    (re.compile(r"(?:^|[\s/])nginx\s*$"), "nginx -g 'daemon off;'"),
    (re.compile(r"[^&]&\s*$"), "the program without &, behind exec"),
)
_STAYS = re.compile(r"tail\s+-[fF]|sleep\s+infinity|(?:^|[\s;])wait(?:$|[\s;])")


def foreground_of(command: str) -> str:
    """What keeps the program of a command in front; "" where it stays there."""
    if _STAYS.search(command):
        return ""
    return next((instead for pattern, instead in _DAEMONS if pattern.search(command)), "")
