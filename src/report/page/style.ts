/** The page's style: one column of text, wide tables and plots, light and dark, and paper. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --raised: #f6f7f9; --ink: #1b242d; --soft: #56636f; --line: #dfe4e8; --link: #0b5cad;
  --warn: #fff6db; --warn-line: #d9a400; --right: #00684c; --wrong: #a84500;
  --plot-ink: #1f2933; --plot-muted: #52606d; --plot-rule: #9aa5b1; --plot-grid: #e4e7eb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181c; --raised: #1c2228; --ink: #e6eaee; --soft: #9daab6; --line: #303942; --link: #7db8f5;
    --warn: #352c12; --warn-line: #b98f12; --right: #4fc79f; --wrong: #ff9a52;
    --plot-ink: #e6eaee; --plot-muted: #a3afba; --plot-rule: #6b7884; --plot-grid: #2b333b;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
body > header, main, body > footer { max-width: 1080px; margin: 0 auto; padding: 0 28px; }
body > header { padding-top: 56px; }
h1 { font-size: 34px; line-height: 1.2; letter-spacing: -0.015em; margin: 0 0 12px; max-width: 24em; text-wrap: balance; }
h2 { text-wrap: balance; font-size: 23px; line-height: 1.3; letter-spacing: -0.01em; margin: 72px 0 6px; scroll-margin-top: 16px; }
h3 { font-size: 16px; margin: 28px 0 8px; }
p, li { max-width: 44em; }
p { margin: 0 0 14px; }
.lead { font-size: 18px; color: var(--soft); margin-bottom: 18px; }
.section-note, figcaption { color: var(--soft); font-size: 14.5px; }
.section-note { margin-bottom: 20px; }
a { color: var(--link); text-underline-offset: 2px; text-decoration-thickness: 1px; }
code { font: 0.9em/1.5 ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", "Liberation Mono", monospace; }
.facts { display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 0; padding: 0; list-style: none; color: var(--soft); font-size: 14.5px; }
.facts strong { color: var(--ink); font-weight: 600; }
nav { margin-top: 22px; padding: 11px 0; border-block: 1px solid var(--line); font-size: 14.5px; display: flex; flex-wrap: wrap; gap: 2px 20px; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
.banner { margin-top: 22px; padding: 12px 18px; background: var(--warn); border-left: 4px solid var(--warn-line); border-radius: 4px; }
.banner p { margin: 2px 0; max-width: none; }
.headline { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); gap: 20px 44px; align-items: center; margin-top: 40px; }
.headline h2 { margin-top: 0; }
.tiles { display: grid; gap: 18px; margin: 22px 0 0; padding: 0; list-style: none; }
.tile { padding-left: 16px; border-left: 3px solid var(--colour, var(--line)); }
.tile b { display: block; font-size: 36px; line-height: 1.1; letter-spacing: -0.02em; font-weight: 650; }
.tile b small { font-size: 17px; letter-spacing: 0; font-weight: 500; color: var(--soft); }
.tile span { display: block; font-size: 14.5px; line-height: 1.45; color: var(--soft); margin-top: 3px; }
.tile span.what { color: var(--ink); font-weight: 550; }
.rest { margin: 16px 0 0; }
.plot { margin: 0; }
.canvas { overflow-x: auto; }
.canvas svg { display: block; max-width: 100%; height: auto; }
.canvas svg text { font-family: inherit; }
.wide .canvas svg, .headline .canvas svg { width: min(100%, calc(1.25 * var(--natural, 100%))); }
.wide .canvas svg { min-width: min(760px, var(--natural, 760px)); }
figcaption { margin-top: 8px; max-width: 52em; }
.files { white-space: nowrap; }
.files a + a { margin-left: 8px; }
.grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr)); gap: 34px 44px; }
.table { margin: 22px 0 8px; width: fit-content; min-width: min(100%, 440px); max-width: 100%; break-inside: avoid; }
.grid .table { margin: 0; width: auto; }
.stack { display: grid; grid-template-columns: minmax(0, 1fr); gap: 26px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14.5px; line-height: 1.4; min-width: 100%; }
caption { text-align: left; font-weight: 600; padding: 0 0 8px; }
caption small { font-weight: 400; color: var(--soft); font-size: 13.5px; }
th, td { padding: 5px 10px; text-align: left; vertical-align: baseline; white-space: nowrap; }
tbody .wrap { white-space: normal; min-width: 16em; }
.wrap small { color: var(--soft); font-weight: 400; }
tr > :first-child { padding-left: 0; }
tr > :last-child { padding-right: 12px; }
thead th { white-space: normal; border-bottom: 1.5px solid var(--soft); padding-block: 0; vertical-align: bottom; }
tbody th { font-weight: 450; }
tbody tr + tr > *, tfoot tr > * { border-top: 1px solid var(--line); }
tfoot tr > * { border-top: 1.5px solid var(--soft); }
tfoot th { font-weight: 600; }
tbody tr:hover > * { background: var(--raised); }
.number { text-align: right; }
.best b { font-weight: 700; }
td small, tfoot small { color: var(--soft); font-weight: 400; font-size: 0.9em; }
.part, .paper { display: block; }
.keep { white-space: nowrap; }
.paper { white-space: normal; }
thead button { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 5px 0; margin: 0; cursor: pointer; text-align: inherit; position: relative; }
thead button::after { content: "↕"; position: absolute; right: -0.85em; bottom: 5px; color: var(--soft); opacity: 0; font-size: 0.85em; }
thead button:hover::after, thead button:focus-visible::after { opacity: 0.7; }
th[aria-sort="ascending"] button::after { content: "↑"; opacity: 1; }
th[aria-sort="descending"] button::after { content: "↓"; opacity: 1; }
.chip { display: inline-block; width: 9px; height: 9px; border-radius: 50%; background: var(--colour); margin-right: 6px; }
.tools { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-top: 6px; color: var(--soft); font-size: 13px; }
.copies { display: flex; flex-wrap: wrap; gap: 4px 6px; align-items: baseline; }
.off { display: none; }
.panel-grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(225px, 1fr)); gap: 26px 20px; margin-top: 14px; }
.panel-grid .canvas { display: flex; justify-content: flex-start; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 22px; margin: 0; padding: 0; font-size: 14.5px; }
.filter { margin: 30px 0 0; padding: 8px 14px; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; }
.filter fieldset { display: flex; flex-wrap: wrap; gap: 2px 18px; border: 0; margin: 8px 0; padding: 0; font-size: 14.5px; }
.filter legend { padding: 0; font-weight: 600; float: left; margin-right: 18px; }
.filter p { margin: 6px 0; font-size: 13.5px; color: var(--soft); max-width: none; }
.filter button { font: inherit; color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 5px; padding: 2px 10px; cursor: pointer; }
.strip ul { list-style: none; display: flex; flex-wrap: wrap; gap: 14px 16px; margin: 0; padding: 0; }
.strip li { width: 104px; font-size: 12.5px; line-height: 1.35; overflow-wrap: anywhere; }
.strip li img { display: block; background: #fff; border: 1px solid var(--line); border-radius: 4px; margin-bottom: 4px; }
.strip b, .strip span:not(.unseen) { display: block; }
.strip h3 small { font-weight: 400; color: var(--soft); }
.right { color: var(--right); }
.wrong { color: var(--wrong); }
.tools button, .command button, summary { font: inherit; font-size: 13px; }
.tools button, .command button { color: var(--soft); background: var(--paper); border: 1px solid var(--line); border-radius: 5px; padding: 2px 8px; cursor: pointer; }
.tools button:hover, .command button:hover { color: var(--ink); border-color: var(--soft); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
details { margin: 18px 0; }
summary { cursor: pointer; font-size: 15px; font-weight: 550; padding: 4px 0; }
.words { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 30px 40px; margin-top: 18px; }
.words table { font-size: 13.5px; width: 100%; table-layout: fixed; }
.words caption { padding-right: 0; }
.words td, .words th { padding-block: 2px; }
.words tbody th { color: var(--soft); font-weight: 400; }
.words small { color: var(--soft); }
.words td:nth-child(n+3) { color: var(--soft); }
.words col:nth-child(1) { width: 30px; }
.words col:nth-child(2) { width: 32%; }
.words col:nth-child(3) { width: 62px; }
.words td { overflow: hidden; text-overflow: ellipsis; }
.command { display: flex; gap: 12px; align-items: start; justify-content: space-between; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 12px 14px; margin: 12px 0 20px; }
.command code { white-space: pre-wrap; overflow-wrap: anywhere; }
.columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 8px 44px; }
dl { margin: 0; font-size: 14.5px; }
dl > div { display: flex; justify-content: space-between; gap: 16px; padding: 4px 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); }
dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
ul.plain { padding-left: 1.1em; }
ul.many { columns: 26em; column-gap: 44px; font-size: 14.5px; }
.errors { list-style: none; padding: 0; }
.errors li { max-width: none; padding: 10px 0; border-bottom: 1px solid var(--line); }
.errors pre { margin: 6px 0 0; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; color: var(--soft); }
body > footer { margin-top: 80px; padding-block: 22px 48px; color: var(--soft); font-size: 14.5px; }
body > footer > div { border-top: 1px solid var(--line); padding-top: 18px; }
#tip { position: absolute; pointer-events: none; background: var(--ink); color: var(--paper); font-size: 13px; line-height: 1.4; padding: 3px 8px; border-radius: 4px; z-index: 2; }
#tip[hidden] { display: none; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 800px) {
  body > header, main, body > footer { padding-inline: 18px; }
  body > header { padding-top: 32px; }
  h1 { font-size: 27px; }
  .headline { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 560px) {
  .panel-grid { grid-template-columns: minmax(0, 1fr); }
}
@media print {
  :root { --paper: #fff; --raised: #fff; --ink: #000; --soft: #444; --line: #ccc; --warn: #fff; --plot-ink: #000; --plot-muted: #444; --plot-grid: #ddd; }
  body { font-size: 11pt; }
  nav, .tools, .command button, .files, #tip, .filter { display: none; }
  .panel-grid { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  h2 { margin-top: 32px; break-after: avoid; }
  .scroll, .canvas { overflow: visible; }
  .wide .canvas svg { min-width: 0; }
  figure { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
}
`;
