"""Writes docs/check-noise.md, what ordinary manifests hear: `python -m tests.house.noise_page`.

The manifests below tests/lint/corpus were written as their authors write them: neither perfect nor
with planted hazards. A rule that fires on more than 30 % of them says here why its audience should
hear of it, or is for the audience pedantic.
"""

from collections import Counter
from pathlib import Path

from holdfast.cli.inspect_files import Wanted, inspect
from holdfast.cli.manifest_files import read_files
from holdfast.lint.catalogue import catalogue
from holdfast.model.hazard import Examined, Hazard
from holdfast.model.rule import Audience, Rule

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "lint" / "corpus"
PAGE = ROOT / "docs" / "check-noise.md"
OFTEN = 0.3
JUSTIFIED = {
    "HF301": (
        "A container without a memory limit can take its whole node with it. Samples have none, "
        "and teams that share a cluster must. Nobody but a platform team hears of it."
    ),
    "HF302": (
        "What the scheduler counts as 0 is evicted first. The same reasons as for HF301 hold, and "
        "the number is one that only a measurement gives."
    ),
    "HF401": (
        "Without a CPU request a container starves on a busy node, which looks like a slow start "
        "and like failing probes. For platform teams, as HF302."
    ),
    "HF611": (
        "Two replicas and no budget: a drain may take both. One object of five lines ends it, and "
        "whoever drains nodes is who asks for it."
    ),
    "HF203": (
        "A pod behind a Service that stops at once refuses requests at each rollout. Few samples "
        "have a preStop hook, and nearly every service needs one, or a drain of its own."
    ),
}
_HEAD = """# Noise of holdfast check

Written by `python -m tests.house.noise_page` from {files} manifests in `tests/lint/corpus`, of
which {holding} hold {workloads} workloads with {containers} containers: web applications, databases
as StatefulSets, agents, Jobs and CronJobs, operators, custom resources, output of Helm, kustomize
and kompose, a GitOps repository, an exported list. They are written as their authors write them,
neither perfect nor with planted hazards. For comparison: kube-linter reports 4.2 findings for each
workload with its defaults, checkov 16 (docs/specs/rules.md 2.5).

| `--audience` | findings | for each workload | manifests with a finding |
|---|---|---|---|
"""
_RULES = """
## Rules

Findings by rule, and the share of the {holding} manifests with workloads in which it fires.

| rule | what | audience | findings | manifests | share |
|---|---|---|---|---|---|
"""
_WHY = f"""
## Rules that fire on more than {OFTEN:.0%}

Those that are not for the audience pedantic, and why.

"""
_MANIFESTS = """
## Manifests

What each manifest hears: the findings for everybody by their rules, and how many more platform
teams and the pedantic are told.

| manifest | everybody | platform | pedantic |
|---|---|---|---|
"""


class Noise:
    """What all rules find in the corpus, by rule and by manifest."""

    def __init__(self) -> None:
        """Check the corpus once."""
        wanted = Wanted(audiences=frozenset(Audience), replays=False)
        inspection = inspect(read_files([str(CORPUS)]), wanted)
        self.examined: Examined = inspection.examined
        self.hazards: tuple[Hazard, ...] = inspection.hazards
        self.files = sorted(path for path in CORPUS.rglob("*") if path.is_file())
        left = {one.file for one in inspection.unexamined}
        self.holding = sum(_workloads(p) > 0 for p in self.files if str(p) not in left)

    def manifests_of(self, rule: Rule) -> set[str]:
        """The manifests in which a rule fires."""
        return {file for h in self.hazards if h.rule.id == rule.id for file in _files(h)}

    def findings_of(self, rule: Rule) -> int:
        """Its findings, each place counted."""
        return sum(1 + len(h.also_at) for h in self.hazards if h.rule.id == rule.id)

    def share_of(self, rule: Rule) -> float:
        """The share of manifests with workloads in which it fires."""
        return len(self.manifests_of(rule)) / self.holding

    def heard_by(self, audiences: set[Audience]) -> list[Hazard]:
        """The findings that are for one of the audiences."""
        return [hazard for hazard in self.hazards if hazard.rule.audience in audiences]


def page(noise: Noise) -> str:
    """The text of the page."""
    examined = noise.examined
    head = _HEAD.format(
        files=examined.files,
        holding=noise.holding,
        workloads=examined.workloads,
        containers=examined.containers,
    )
    rules = _RULES.format(holding=noise.holding)
    parts = (
        head + "".join(_audience_rows(noise)),
        rules + "".join(_rule_rows(noise)),
        _WHY + "".join(_reasons(noise)),
        _MANIFESTS + "".join(_manifest_rows(noise)),
    )
    return "".join(parts)


def _workloads(path: Path) -> int:
    return inspect(read_files([str(path)]), Wanted(only=frozenset({"none"}))).examined.workloads


def _files(hazard: Hazard) -> set[str]:
    return {place.file for place in (hazard.place, *hazard.also_at)}


def _audience_rows(noise: Noise) -> list[str]:
    rows, heard = [], set()
    for audience in Audience:
        heard.add(audience)
        hazards = noise.heard_by(heard)
        count = sum(1 + len(h.also_at) for h in hazards)
        files = {file for h in hazards for file in _files(h)}
        each = count / noise.examined.workloads
        rows.append(f"| {audience} | {count} | {each:.1f} | {len(files)} |\n")
    return rows


def _rule_rows(noise: Noise) -> list[str]:
    fired = [e.rule for e in catalogue() if noise.findings_of(e.rule)]
    rows = []
    for rule in sorted(fired, key=lambda rule: (-len(noise.manifests_of(rule)), rule.id)):
        manifests = len(noise.manifests_of(rule))
        cells = (
            rule.id,
            rule.title,
            rule.audience,
            noise.findings_of(rule),
            manifests,
            f"{noise.share_of(rule):.0%}",
        )
        rows.append(f"| {' | '.join(map(str, cells))} |\n")
    return rows


def _reasons(noise: Noise) -> list[str]:
    titles = {entry.rule.id: entry.rule.title for entry in catalogue()}
    return [f"- **{id_}, {titles[id_]}.** {reason}\n" for id_, reason in sorted(JUSTIFIED.items())]


def _manifest_rows(noise: Noise) -> list[str]:
    rows = []
    for path in noise.files:
        found = [h.rule for h in noise.hazards for file in _files(h) if file == str(path)]
        count = Counter(rule.audience for rule in found)
        own = sorted({rule.id for rule in found if rule.audience is Audience.EVERYBODY})
        more = f"{count[Audience.PLATFORM]} | {count[Audience.PEDANTIC]}"
        rows.append(f"| {path.relative_to(CORPUS)} | {', '.join(own)} | {more} |\n")
    return rows


if __name__ == "__main__":
    PAGE.write_text(page(Noise()), encoding="utf-8")
