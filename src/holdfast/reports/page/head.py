"""The head of a page without a script: its policy, its title, its style."""

import base64
import hashlib

from holdfast.reports.page.markup import Markup, element
from holdfast.reports.page.style import STYLE


def page_head(title: str, script: str = "") -> Markup:
    """What a browser must know first; `script` is the one inline script that may run."""
    allowed = f"script-src '{_hash(script)}'; " if script else ""
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src '{_hash(STYLE)}'; {allowed}img-src data:"
    )
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        # An empty icon keeps browsers from asking the server for one.
        element("link", rel="icon", href="data:,"),
        element("title", title),
        element("style", Markup(STYLE)),
    )


def _hash(text: str) -> str:
    """How a content security policy names an inline element (CSP level 3, 2.3.1)."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
