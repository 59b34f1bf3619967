/** The style sheet of the page; light or dark as the reader has it. */
export const style = `
:root { color-scheme: light dark; --page: #fff; --text: #1c2128; --soft: #59636e; --line: #d8dee4; --good: #1f6feb; --faulty: #bc6c00;
  --shared: #8c959f; --plain: #57606a; --kept: #1a7f37; --missed: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --page: #0f1318; --text: #e6edf3; --soft: #9aa4af; --line: #2d343c; --good: #58a6ff;
  --faulty: #e3a03b; --shared: #7d8590; --plain: #a5afba; --kept: #56d364; --missed: #ff7b72; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1240px; padding: 1rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: .5rem 0; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .25rem; border-top: 1px solid var(--line); padding-top: 1.25rem; }
p { max-width: 75ch; margin: .5rem 0; } code { font-family: ui-monospace, monospace; font-size: .92em; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .75rem 0; font-size: 13px; }
dt { color: var(--soft); } dd { margin: 0; min-width: 0; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 340px), 1fr)); gap: 1.5rem 2.5rem; margin: 1rem 0; }
.lines { grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); }
figure { margin: 0; min-width: 0; } figcaption { font-weight: 600; margin-bottom: .25rem; }
svg { display: block; } svg text { font: 13px system-ui, sans-serif; fill: var(--text); paint-order: stroke; stroke: var(--page); stroke-width: 3px; }
svg .value { text-anchor: end; font-variant-numeric: tabular-nums; } svg .ratio { fill: var(--soft); }
.plot { padding-left: 48px; } .plot > svg { overflow: visible; } svg .own { font-weight: 700; } svg .tick { font-size: 11px; fill: var(--soft); } svg .grid { stroke: var(--line); }
rect.good { fill: var(--good); } rect.faulty { fill: var(--faulty); } rect.shared { fill: var(--shared); } rect.plain { fill: var(--plain); }
rect.plain.own { fill: var(--good); } rect.floor { fill-opacity: .25; stroke: currentColor; stroke-opacity: .6; }
.line { fill: none; stroke-width: 2; vector-effect: non-scaling-stroke; stroke: var(--soft); }
.s0 { stroke: var(--good); stroke-width: 3.5; } .s1 { stroke: var(--plain); stroke-dasharray: 2 4; } .s2 { stroke: var(--plain); stroke-dasharray: 8 4; }
.s3 { stroke: var(--faulty); } .s4 { stroke: var(--kept); } .s5 { stroke: var(--missed); }
.legend { list-style: none; margin: .25rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: .15rem 1.25rem; font-size: 13px; }
.legend li { display: flex; align-items: center; gap: .4rem; } .legend .own { font-weight: 700; } .legend i { width: 22px; height: 9px; border-radius: 2px; flex: none; }
i.good { background: var(--good); } i.faulty { background: var(--faulty); } i.shared { background: var(--shared); } i.plain { background: var(--plain); }
i.floor { border: 1px solid var(--soft); }
.scroll { overflow-x: auto; margin: .75rem 0; } table { border-collapse: collapse; font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-weight: 500; } td.figure { white-space: nowrap; font-variant-numeric: tabular-nums; }
td small { color: var(--soft); font-size: 12px; white-space: normal; } .words { display: inline-block; max-width: 16em; } .words.faulty { color: var(--faulty); }
.kept { color: var(--kept); } .missed { color: var(--missed); font-weight: 600; }
details { margin: 1rem 0; } summary { cursor: pointer; color: var(--soft); } summary:hover { color: var(--text); }
`;
