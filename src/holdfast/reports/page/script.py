"""The script of the HTML report: filter, keys, copying. Without it everything can still be read.

Rules: no request leaves the page (the content security policy forbids it), and nothing is ever
turned into markup: the script only hides, opens and focuses what is there.
"""

SCRIPT = """
"use strict";
(() => {
  const findings = [...document.querySelectorAll(".finding")];
  const bar = document.querySelector(".bar");
  const box = document.querySelector("#filter");
  const count = document.querySelector(".bar output");
  const nothing = document.querySelector(".nothing");
  const states = [...document.querySelectorAll("button[data-state]")];
  const texts = findings.map(finding => finding.textContent.toLowerCase());
  if (!bar) return;

  const shown = () => findings.filter(finding => !finding.hidden);
  const refresh = () => {
    const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const off = new Set(states.filter(s => s.getAttribute("aria-pressed") === "false")
      .map(s => s.dataset.state));
    findings.forEach((finding, index) => {
      finding.hidden = off.has(finding.dataset.state)
        || !words.every(word => texts[index].includes(word));
    });
    const visible = shown().length;
    count.textContent = `${visible} of ${findings.length}`;
    nothing.hidden = visible > 0;
  };
  const move = step => {
    const summaries = shown().map(finding => finding.querySelector("summary"));
    const here = document.activeElement.closest(".finding");
    const at = here ? summaries.indexOf(here.querySelector("summary")) : step > 0 ? -1 : 0;
    const next = summaries[Math.min(summaries.length - 1, Math.max(0, at + step))];
    if (next) next.focus();
  };
  const copy = async button => {
    const pre = button.parentElement.querySelector("pre");
    try {
      await navigator.clipboard.writeText(pre.innerText);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(pre);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };
  const openLinked = () => {
    const linked = location.hash && document.getElementById(location.hash.slice(1));
    if (linked && linked.matches(".finding")) linked.open = true;
  };

  box.addEventListener("input", refresh);
  states.forEach(state => state.addEventListener("click", () => {
    state.setAttribute("aria-pressed", String(state.getAttribute("aria-pressed") === "false"));
    refresh();
  }));
  document.querySelector("#unfold").addEventListener("click", () => {
    const open = shown().some(finding => !finding.open);
    shown().forEach(finding => { finding.open = open; });
  });
  document.querySelectorAll(".code").forEach(block => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.addEventListener("click", () => copy(button));
    block.append(button);
  });
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === box) {
      if (event.key === "Escape") { box.value = ""; refresh(); box.blur(); }
      return;
    }
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/") { event.preventDefault(); box.focus(); }
  });
  addEventListener("hashchange", openLinked);
  addEventListener("beforeprint", () => findings.forEach(finding => { finding.open = true; }));
  bar.hidden = false;
  refresh();
  openLinked();
})();
"""
