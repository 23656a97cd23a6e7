"""Edits change the user's text only where they must, whatever its style."""

import io
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from tests.fixes.merging import merged

from holdfast.fixes.edits import RefusedError, apply_edits, edit, unified_diff
from holdfast.fixes.strategic import patch_of
from holdfast.model.document import find, to_plain
from holdfast.model.edit import Change
from holdfast.sources.yaml_tree import parse_documents, parse_documents_strictly

APP = ("containers", "app")
TIMEOUT = Change((*APP, "livenessProbe", "timeoutSeconds"), 3)
STARTUP = Change((*APP, "startupProbe"), {"httpGet": {"path": "/", "port": 80}, "periodSeconds": 5})
CPU = Change((*APP, "resources", "limits", "cpu"), "500m")
VARIABLE = Change((*APP, "env", "MODE"), {"value": "on"})


def after(text: str, *changes: Change) -> str:
    """The text with the changes made to its first document, a pod spec."""
    document = parse_documents_strictly(text, "pod.yaml")[0]
    patch = patch_of(changes)
    edits = edit(document, document.root, patch)
    result = apply_edits(text, edits)
    expected = merged(to_plain(document.root), patch)
    assert to_plain(parse_documents_strictly(result, "pod.yaml")[0].root) == expected
    assert all(made.span.line >= 1 and made.span.column >= 1 for made in edits)
    return result


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        (  # a new field, with comments and dashes at the parent's column
            (
                "containers:\n- name: app  # the app\n  livenessProbe:\n    httpGet: {port: 80}\n"
                "  # about ports\n  ports: []\n"
            ),
            (TIMEOUT,),
            (
                "containers:\n- name: app  # the app\n  livenessProbe:\n    httpGet: {port: 80}\n"
                "    timeoutSeconds: 3\n  # about ports\n  ports: []\n"
            ),
        ),
        (  # a probe goes behind its relative, with indented dashes, without a last line end
            "containers:\n  - livenessProbe:\n      tcpSocket:\n        port: 80 #\n    name: app",
            (STARTUP,),
            (
                "containers:\n  - livenessProbe:\n      tcpSocket:\n        port: 80 #\n"
                "    startupProbe:\n      httpGet:\n        path: /\n        port: 80\n"
                "      periodSeconds: 5\n    name: app"
            ),
        ),
        (  # quotes stay as they are
            "containers:\n- name: app\n  resources:\n    limits: {cpu: '100m' , memory: \"1Gi\"}\n",
            (CPU,),
            "containers:\n- name: app\n  resources:\n    limits: {cpu: '500m' , memory: \"1Gi\"}\n",
        ),
        (  # brackets stay brackets
            "containers: [{name: app, livenessProbe: {periodSeconds: 1,}, image: x}]\n",
            (TIMEOUT, CPU),
            (
                "containers: [{name: app, livenessProbe: {periodSeconds: 1, timeoutSeconds: 3,}, "
                "image: x, resources: {limits: {cpu: 500m}}}]\n"
            ),
        ),
        (  # Windows line ends, and a key that waits for its value
            "containers:\r\n- name: app\r\n  resources:  # none\r\n  env:\r\n  - name: A\r\n",
            (CPU, VARIABLE),
            (
                "containers:\r\n- name: app\r\n  resources:  # none\r\n    limits:\r\n"
                '      cpu: 500m\r\n  env:\r\n  - name: A\r\n  - name: MODE\r\n    value: "on"\r\n'
            ),
        ),
        (  # an empty mapping, an explicit null, and four spaces
            "containers:\n    - name: app\n      resources: {}\n      livenessProbe: ~\n",
            (CPU, TIMEOUT),
            (
                "containers:\n    - name: app\n      resources: {limits: {cpu: 500m}}\n"
                "      livenessProbe: {timeoutSeconds: 3}\n"
            ),
        ),
        (  # the last of two equal keys is the one that counts
            (
                "containers:\n- name: app\n  livenessProbe: {timeoutSeconds: 1}\n"
                "  livenessProbe: {timeoutSeconds: 2}\n"
            ),
            (TIMEOUT,),
            (
                "containers:\n- name: app\n  livenessProbe: {timeoutSeconds: 1}\n"
                "  livenessProbe: {timeoutSeconds: 3}\n"
            ),
        ),
        (  # only the changed word of a command, in its own block of text
            "containers:\n- name: app\n  command:\n  - sh\n  - -c  # run\n  - |\n    a\n    b\n",
            (Change((*APP, "command"), ["sh", "-c", "a\nexec b\n"]),),
            (
                "containers:\n- name: app\n  command:\n  - sh\n  - -c  # run\n"
                "  - |\n    a\n    exec b\n"
            ),
        ),
        (  # a list of another length is written anew in its own style
            "containers:\n- name: app\n  command: [a, 'b']\n",
            (Change((*APP, "command"), ["timeout", "300", "a", "b: c"]),),
            'containers:\n- name: app\n  command: [timeout, "300", a, "b: c"]\n',
        ),
        (  # what comes before a command stays out of its comments
            "containers:\n- name: app\n  command:\n  - a  # one\n  - b\n",
            (Change((*APP, "command"), ["timeout", "300", "a", "b"]),),
            (
                "containers:\n- name: app\n  command:\n  - timeout\n"
                '  - "300"\n  - a  # one\n  - b\n'
            ),
        ),
        (  # new lists behind a byte order mark
            "\ufeffcontainers:\n- {name: app}\n",
            (Change(("volumes", "v"), {"emptyDir": {}}),),
            "\ufeffcontainers:\n- {name: app}\nvolumes:\n- name: v\n  emptyDir: {}\n",
        ),
    ],
)  # fmt: skip
def test_only_the_lines_concerned_change(
    text: str, changes: tuple[Change, ...], expected: str
) -> None:
    """A reviewer sees the fix and nothing else."""
    assert after(text, *changes) == expected


@pytest.mark.parametrize(
    ("text", "change", "reason"),
    [
        ("containers:\n- &a {name: app}\nx: *a\n", TIMEOUT, "several places"),
        ("x: &a {name: app}\ncontainers: [*a]\n", TIMEOUT, "anchor"),
        ("b: &b {period: 1}\ncontainers:\n- name: app\n  livenessProbe: *b\n", TIMEOUT, "&b"),
        ("b: &b {livenessProbe: {periodSeconds: 1}}\ncontainers:\n- name: app\n  <<: *b\n", TIMEOUT,
         "merge key"),
        ("containers:\n- name: app\n  livenessProbe: {timeoutSeconds: !!int 1}\n", TIMEOUT, "tag"),
        ("containers:\n- name: app\n  resources: {limits: {cpu: '{{ .Values.cpu }}'}}\n", CPU,
         "template"),
        ("containers:\n- name: app\n  livenessProbe: text\n", TIMEOUT, "another kind"),
        ("containers:\n- name: web\n", TIMEOUT, "injects"),
        ("volumes: []\n", TIMEOUT, "injects"),
        ("containers:\n- name: app\n  note: |+\n    x\n\n\n", CPU, "blank lines"),
    ],
)  # fmt: skip
def test_a_place_that_serves_others_is_left_alone(text: str, change: Change, reason: str) -> None:
    """An edit that would change more than the fix is refused, with the reason."""
    (document,) = parse_documents(text, "f")

    with pytest.raises(RefusedError, match=reason):
        edit(document, document.root, patch_of([change]))


def test_overriding_one_value_of_a_merge_key_is_fine() -> None:
    """A scalar beside `<<` wins over the merged one and changes nobody else."""
    text = "b: &b {grace: 1}\n<<: *b\ncontainers: []\n"

    assert after(text, Change(("grace",), 5)) == text + "grace: 5\n"


def test_only_its_own_document_changes() -> None:
    """Other documents of the file keep every character."""
    text = "a: 1\n---\nb: 1 # one\n---\nc: 1\n"
    document = parse_documents(text, "f")[1]

    edits = edit(document, document.root, {"b": 2, "d": 3})

    assert apply_edits(text, edits) == "a: 1\n---\nb: 2 # one\nd: 3\n---\nc: 1\n"
    assert find(parse_documents(text, "f")[2].root, "c") is not None


def test_diff_is_one_that_patch_reads() -> None:
    """Headers, hunks, and the note about a missing last line end."""
    (document,) = parse_documents("a: 1\r\nb: 2", "x.yaml")

    diff = unified_diff(document, edit(document, document.root, {"b": 3}))

    assert diff == (
        "--- a/x.yaml\n+++ b/x.yaml\n@@ -1,2 +1,2 @@\n a: 1\r\n"
        "-b: 2\n\\ No newline at end of file\n+b: 3\n\\ No newline at end of file\n"
    )


WORDS = st.text(alphabet="ab:#-'\" {}[],&*!|>%@`é\\y0.", max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-999, 999) | WORDS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
PROBES = st.fixed_dictionaries({}, optional={"timeoutSeconds": SCALARS, "httpGet": VALUES})
CONTAINERS = st.fixed_dictionaries(
    {"name": st.sampled_from(["app", "side"])},
    optional={
        "image": SCALARS,
        "livenessProbe": PROBES,
        "resources": st.dictionaries(st.sampled_from(["limits", "x"]), VALUES, max_size=2),
        "command": st.lists(WORDS, max_size=3),
        "env": st.lists(st.fixed_dictionaries({"name": WORDS}), max_size=2),
        "z": VALUES,
    },
)
SPECS = st.fixed_dictionaries(
    {
        "containers": st.lists(
            CONTAINERS, min_size=1, max_size=2, unique_by=lambda c: str(c["name"])
        )
    },
    optional={"a": VALUES, "volumes": st.lists(st.fixed_dictionaries({"name": WORDS}), max_size=2)},
)
CHANGES = st.lists(
    st.sampled_from([TIMEOUT, STARTUP, CPU, VARIABLE])
    | st.builds(lambda words: Change((*APP, "command"), [*words]), st.lists(WORDS, max_size=3))
    | st.builds(lambda value: Change((*APP, "image"), value), WORDS)
    | st.builds(lambda name: Change(("volumes", name), {"emptyDir": {}}), WORDS),
    min_size=1,
    max_size=3,
)


class _Indented(yaml.SafeDumper):
    """Indents the dashes of sequences."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, indentless=False)


@given(
    SPECS,
    CHANGES,
    st.sampled_from([True, False, None]),
    st.sampled_from([2, 4]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.booleans(),
)
def test_the_result_is_the_old_value_with_the_change(
    spec: Any,
    changes: list[Change],
    flow: bool | None,
    indent: int,
    newline: str,
    indented: bool,
    commented: bool,
) -> None:
    """For any document and style: the intended fields differ and nothing else does."""
    stream = io.StringIO()
    dumper = _Indented if indented else yaml.SafeDumper
    yaml.dump(
        spec, stream, dumper, default_flow_style=flow, indent=indent, line_break=newline,
        width=100000, sort_keys=False, allow_unicode=True,
    )  # fmt: skip
    text = stream.getvalue()
    if commented:
        text = text.replace(newline, f"  # note{newline}  # more{newline}")

    try:
        result = after(text, *changes)
    except RefusedError:
        return

    assert result.count("# note") == text.count("# note")
    assert ("\r\n" in result) == ("\r\n" in text)


@pytest.mark.parametrize("header", ["|", "|-", ">", ">-", "|+", "|2"])
@pytest.mark.parametrize("place", ["  script: ", "  -   "])
@given(st.text(alphabet="ab \n\t:#'\"|-é\x85", max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_any_text_may_replace_a_block_of_text(
    header: str, place: str, new: str, newline: str
) -> None:
    """Scripts in blocks are read back as written, whatever they hold."""
    is_item = place.strip() == "-"
    lines = ["spec:", f"{place}{header}", "       old", "       text", "", "z: 1", ""]
    text = newline.join(lines)
    (document,) = parse_documents(text, "f")
    value: Any = [new] if is_item else {"script": new}

    edits = edit(document, document.root, {"spec": value})

    result = to_plain(parse_documents_strictly(apply_edits(text, edits), "f")[0].root)
    assert result == {"spec": value, "z": 1}
