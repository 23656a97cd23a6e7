"""The style sheet of the HTML report.

Rules: colour only where it means something; system fonts; both colour schemes from one set of
names. Contrast of text is at least 4.5 to 1 in both (WCAG 2.2, 1.4.3). The browser test looks at
both schemes.
"""

STYLE = """
:root {
  color-scheme: light dark;
  --page: #f7f7f5; --card: #ffffff; --sunk: #f2f3f1; --line: #dcdeda; --text: #1d2123;
  --faint: #5c6469; --link: #1d56b0; --bad: #b3261e; --uneasy: #8a5a00; --good: #1e7042;
  --running: #6fae8b; --not-ready: #e0b040; --waiting: #c3cad0; --back-off: #ecd3cf;
  --hatch: #a4abb0; --mark: #b3261e; --added: #e3f3e8; --removed: #fbe6e4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121517; --card: #1a1e21; --sunk: #14181a; --line: #30363a; --text: #e2e6e8;
    --faint: #9aa4aa; --link: #8ab4f8; --bad: #ff8f85; --uneasy: #e5b454; --good: #76c893;
    --running: #4b8a68; --not-ready: #b58a2c; --waiting: #4c565d; --back-off: #56393a;
    --hatch: #626c73; --mark: #ff8f85; --added: #173324; --removed: #3d1f1d;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 5rem; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
code, pre, kbd, .name { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  font-size: 0.9em; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--card); padding: 0.4rem 0.8rem;
  z-index: 3; }
header, main, footer { max-width: 74rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.5rem; }
h1 { font-size: 1.45rem; line-height: 1.25; margin: 0 0 0.3rem; text-wrap: balance; }
h2 { font-size: 1rem; margin: 1.75rem 0 0.5rem; }
.read { color: var(--faint); margin: 0 0 1rem; overflow-wrap: anywhere; }
.legend { color: var(--faint); font-size: 0.85rem; display: flex; flex-wrap: wrap;
  gap: 0.2rem 1.1rem; margin: 0 0 0.5rem; }
.legend .entry { display: inline-flex; align-items: center; gap: 0.4rem; }
.bar { position: sticky; top: 0; z-index: 2; background: var(--page);
  border-bottom: 1px solid var(--line); padding: 0.6rem 0; margin-bottom: 0.9rem; display: flex;
  flex-wrap: wrap; gap: 0.5rem 0.6rem; align-items: center; }
.bar[hidden] { display: none; }
.bar input { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
  border-radius: 6px; padding: 0.3rem 0.6rem; flex: 1 1 16rem; min-width: 10rem; }
button { font: inherit; font-size: 0.85rem; color: inherit; background: var(--card);
  border: 1px solid var(--line); border-radius: 6px; padding: 0.3rem 0.7rem; cursor: pointer; }
button:hover { border-color: var(--faint); }
button[aria-pressed="false"] { color: var(--faint); background: transparent;
  text-decoration: line-through; }
#unfold { border-color: transparent; background: transparent; color: var(--link); }
.bar output { color: var(--faint); font-size: 0.85rem; min-width: 6rem; text-align: right; }
.finding { background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  margin-bottom: 0.5rem; }
.finding[hidden] { display: none; }
.finding > summary { list-style: none; cursor: pointer; padding: 0.6rem 0.9rem 0.65rem;
  display: grid; grid-template-columns: 7.5rem 1fr auto; gap: 0 0.9rem; }
.finding > summary::-webkit-details-marker { display: none; }
.finding > summary:hover .headline { text-decoration: underline;
  text-decoration-color: var(--faint); text-underline-offset: 3px; }
.finding > summary:focus-visible { outline-offset: -2px; border-radius: 8px; }
.state { font-size: 0.72rem; font-weight: 650; letter-spacing: 0.04em; padding-top: 0.22rem; }
.state::before { content: "▸"; display: inline-block; width: 1.1em; color: var(--faint); }
[open] > summary .state::before { content: "▾"; }
.bad { color: var(--bad); } .uneasy { color: var(--uneasy); } .good { color: var(--good); }
.who { display: block; color: var(--faint); overflow-wrap: anywhere; }
.who .name { color: var(--text); }
.headline { display: block; font-weight: 550; overflow-wrap: anywhere; }
.sure { text-align: right; color: var(--faint); font-size: 0.85rem; white-space: nowrap;
  padding-top: 0.1rem; }
.sure b { display: block; font-weight: 600; color: var(--text);
  font-variant-numeric: tabular-nums; }
.body { border-top: 1px solid var(--line); padding: 0.4rem 0.9rem 0.7rem; }
.section { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: 0 0.9rem;
  padding: 0.35rem 0; }
.section h3 { margin: 0; font-size: 0.82rem; font-weight: 500; line-height: 1.75;
  color: var(--faint); }
.section ul { list-style: none; margin: 0; padding: 0; }
.section li { margin-bottom: 0.3rem; overflow-wrap: anywhere; }
.note { color: var(--faint); font-size: 0.8rem; border: 1px solid var(--line);
  border-radius: 4px; padding: 0 0.35rem; margin-right: 0.45rem; white-space: nowrap; }
.pointer { display: block; color: var(--faint); font-size: 0.78rem; }
.code { position: relative; margin: 0.3rem 0 0.4rem; }
.code pre { margin: 0; background: var(--sunk); border: 1px solid var(--line); border-radius: 6px;
  padding: 0.5rem 4.5rem 0.5rem 0.7rem; overflow-x: auto; line-height: 1.45; }
.code .shell { white-space: pre-wrap; overflow-wrap: anywhere; }
.code button { position: absolute; top: 0.3rem; right: 0.3rem; padding: 0.1rem 0.5rem; }
.code .line { display: block; min-height: 1.45em; }
.code .added { background: var(--added); } .code .removed { background: var(--removed); }
.code .meta { color: var(--faint); }
figure { margin: 0; }
figure details { color: var(--faint); font-size: 0.85rem; margin-left: 8.4rem; }
figure ul { margin: 0.3rem 0; padding-left: 1.1rem; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
.timeline { display: block; width: 100%; min-width: 40rem; height: auto; }
.patterns { position: absolute; }
.timeline text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: var(--faint); }
.timeline .lane { text-anchor: end; fill: var(--text); }
.timeline .tick { text-anchor: middle; }
.grid { stroke: var(--line); stroke-width: 1; }
.running { fill: var(--running); } .waiting { fill: var(--waiting); }
.back-off { fill: var(--back-off); } .not-ready { fill: url(#dots); }
.unknown { fill: url(#hatch); } .ended { fill: none; stroke: var(--line); }
.hatch-ground { fill: var(--sunk); } .hatch-line { stroke: var(--hatch); stroke-width: 1; }
.dots-ground { fill: var(--not-ready); } .dot { fill: var(--card); }
.severe { stroke: var(--mark); stroke-width: 2.4; fill: none; stroke-linecap: round; }
.mild { fill: var(--faint); }
.numbers { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.numbers th, .numbers td { text-align: left; font-weight: 400; padding: 0.25rem 1.2rem 0.25rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top; }
.numbers thead th { color: var(--faint); font-size: 0.85rem; }
.quiet { columns: 22rem; padding-left: 1.1rem; margin: 0; }
.nothing { color: var(--faint); padding: 2rem 0; text-align: center; }
.nothing[hidden] { display: none; }
footer { color: var(--faint); font-size: 0.85rem; padding-top: 1rem; padding-bottom: 2.5rem; }
kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 0.3rem; }
@media (max-width: 44rem) {
  .finding > summary { grid-template-columns: 1fr auto; }
  .finding > summary .what { grid-column: 1 / -1; grid-row: 2; }
  .section { grid-template-columns: minmax(0, 1fr); }
  figure details { margin-left: 0; }
}
@media print {
  .bar, .skip, .code .shell { white-space: pre-wrap; overflow-wrap: anywhere; }
.code button { display: none; }
  .finding { break-inside: avoid; }
}
"""
