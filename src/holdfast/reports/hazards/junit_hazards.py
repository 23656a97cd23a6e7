"""JUnit XML: a test case for each hazard and each thing that was not examined.

Source: the Jenkins JUnit schema (testsuites, testsuite, testcase, failure, error, skipped). Files
without a hazard are a test case that passes, so that a report is never empty.
"""

from xml.etree import ElementTree as ET

from holdfast.model.hazard import Inspection
from holdfast.reports.inspection_words import notes, sentence, summary, who
from holdfast.reports.options import RenderOptions


def render(inspection: Inspection, options: RenderOptions) -> str:
    """One test suite."""
    del options
    hazards, told = inspection.hazards, notes(inspection)
    suite = ET.Element("testsuite", name="holdfast check")
    for hazard in hazards:
        case = _case(suite, hazard.place.file, f"{hazard.rule.id} {who(hazard)}".strip())
        failure = ET.SubElement(
            case, "failure", message=hazard.rule.title, type=hazard.rule.severity.value
        )
        span = hazard.place.span
        failure.text = f"{hazard.place.file}:{span.line}:{span.column}: {sentence(hazard)}"
    for file, line, words in told:
        case = _case(suite, file, f"line {line}")
        ET.SubElement(case, "error", message=words, type="told")
    for accepted in inspection.suppressed:
        case = _case(suite, accepted.hazard.place.file, accepted.hazard.rule.id)
        ET.SubElement(case, "skipped", message=accepted.reason)
    _case(suite, "holdfast", summary(inspection))
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(hazards)))
    suite.set("errors", str(len(told)))
    suite.set("skipped", str(len(inspection.suppressed)))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ET.Element, file: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=file, name=name)
