"""Base images whose own command ends at once: operating systems, and languages with a prompt.

Source: the CMD of Docker's official images (github.com/docker-library/official-images, library/).
"""

from holdfast.model.image_reference import parse_reference

_SYSTEMS = frozenset(
    {"alpine", "debian", "ubuntu", "busybox", "fedora", "centos", "rockylinux", "almalinux",
     "amazonlinux", "oraclelinux", "archlinux", "buildpack-deps", "ubi", "ubi8", "ubi9",
     "ubi-minimal", "ubi8-minimal", "ubi9-minimal", "opensuse", "leap", "photon", "alt",
     "clearlinux"}
)  # fmt: skip
# Official images of languages, and what they run without a command: a prompt, which ends where
# standard input is closed, as it is in a pod.
_PROMPTS = {
    "python": "python3", "node": "node", "ruby": "irb", "openjdk": "jshell", "php": "php -a",
    "eclipse-temurin": "jshell", "golang": "bash", "perl": "perl -de0", "julia": "julia",
    "elixir": "iex", "erlang": "erl", "rust": "bash", "gcc": "bash", "haskell": "ghci",
    "pypy": "pypy3", "swift": "bash", "amazoncorretto": "bash", "clojure": "clj",
}  # fmt: skip
_WITH_SERVERS = ("fpm", "apache", "zts-apache")
_OFFICIAL = ("docker.io/library/", "library/", "public.ecr.aws/docker/library/")


def is_operating_system(image: str) -> bool:
    """Whether an image holds an operating system and nothing that serves."""
    name = parse_reference(image).name
    return name in _SYSTEMS and (is_official(image) or name.startswith("ubi"))


def command_of(image: str) -> str:
    """What an image runs without a command of its own, where that ends at once; else ""."""
    reference = parse_reference(image)
    if is_operating_system(image):
        return "sh" if reference.name in ("alpine", "busybox") else "bash"
    if any(word in reference.tag for word in _WITH_SERVERS) or not is_official(image):
        return ""
    prompt = _PROMPTS.get(reference.name, "")
    return "sh" if prompt == "bash" and "alpine" in reference.tag else prompt


def is_official(image: str) -> bool:
    """Whether Docker publishes an image, so that what it sets is known."""
    return "/" not in image or image.startswith(_OFFICIAL)
