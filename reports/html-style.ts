/** The style sheet and the script of `report.html`; both are named by hash in its content security policy. */

export const style = `
:root {
  --text: #1c2024; --soft: #5b6470; --ground: #fcfcfd; --card: #ffffff; --line: #d9dde3; --code: #f1f3f5; --link: #0b57c0;
  --fail: #b3191f; --warn: #8a5200; --inconclusive: #7a2fa8; --pass: #176b35; --skip: #5b6470;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e8eaed; --soft: #a3abb5; --ground: #14171a; --card: #1c2024; --line: #373d45; --code: #262b31; --link: #8ab8ff;
    --fail: #ff8f8f; --warn: #f5b84d; --inconclusive: #d4a5f5; --pass: #74d594; --skip: #a3abb5;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1rem; }
header.verdict { width: calc(100% - 2rem); margin-top: 1rem; padding: 1rem 1.25rem; max-width: 60rem; border: 1px solid var(--line); border-left: .6rem solid var(--skip); border-radius: .5rem; background: var(--card); }
header.conformant { border-left-color: var(--pass); } header.conformant h1 { color: var(--pass); }
header.non-conformant { border-left-color: var(--fail); } header.non-conformant h1 { color: var(--fail); }
header.inconclusive { border-left-color: var(--inconclusive); } header.inconclusive h1 { color: var(--inconclusive); }
header p { margin: .25rem 0; overflow-wrap: anywhere; }
.suite { color: var(--soft); }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; }
h2 { margin: 2rem 0 .5rem; font-size: 1.25rem; }
h3 { margin: 1rem 0 .25rem; font-size: 1rem; }
h4, h5 { margin: .75rem 0 .25rem; font-size: .9rem; }
h5 { margin-top: 0; color: var(--soft); font-weight: 600; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip-link { position: absolute; left: -100rem; } .skip-link:focus { position: static; }
dl { margin: 0; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); gap: .75rem 1.5rem; margin: 1.25rem 0; }
.facts dt { font-size: .85rem; }
.checks dl div { display: grid; grid-template-columns: 8rem 1fr; gap: .5rem; margin: .25rem 0; }
@media (max-width: 40rem) { .checks dl div { grid-template-columns: 1fr; gap: 0; } }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--line); text-align: left; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.none { color: var(--soft); }
td.fail, td.warn, td.inconclusive, td.pass, td.skip { font-weight: 600; }
.fail { --of: var(--fail); } .warn { --of: var(--warn); } .inconclusive { --of: var(--inconclusive); } .pass { --of: var(--pass); } .skip { --of: var(--skip); }
td.number { color: var(--of); } td.none { color: var(--soft); }
.badge { display: inline-block; min-width: 4.2rem; padding: 0 .4rem; border: 1px solid var(--of); border-radius: .3rem; color: var(--of); font-size: .8rem; font-weight: 700; text-align: center; text-transform: uppercase; }
#filters { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: end; margin: 1.5rem 0 0; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
#filters[hidden] { display: none; }
#filters fieldset { flex-basis: 100%; margin: 0; padding: 0; border: 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
#filters legend { padding: 0; color: var(--soft); font-size: .85rem; }
#filters input[type=search], #filters select, #filters button { font: inherit; color: inherit; background: var(--code); border: 1px solid var(--line); border-radius: .3rem; padding: .3rem .5rem; max-width: 100%; }
#shown { flex-basis: 100%; margin: 0; color: var(--soft); font-size: .9rem; }
.chip { color: var(--of); font-weight: 600; } .count { color: var(--soft); font-weight: 400; }
.requirement { margin: .4rem 0; border: 1px solid var(--line); border-left: .35rem solid var(--of); border-radius: .4rem; background: var(--card); }
.requirement > summary { padding: .5rem .75rem; cursor: pointer; }
.level { font-size: .8rem; font-weight: 600; color: var(--soft); } .id { overflow-wrap: anywhere; }
.statement { display: block; margin-top: .15rem; }
.body { padding: 0 .75rem .75rem; overflow-wrap: anywhere; } .body > p { margin: .25rem 0; }
.path { color: var(--soft); }
.checks, .reasons ul { list-style: none; padding: 0; margin: 0; }
.checks > li { padding: .5rem 0; border-top: 1px solid var(--line); } .checks p { margin: .25rem 0; }
.exchanges { margin: 0; padding: 0; list-style: none; } .exchanges summary, .checks summary { cursor: pointer; overflow-wrap: anywhere; }
.exchange { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: .75rem; margin: .5rem 0 1rem; }
.exchange > div { min-width: 0; }
code, pre { font: .85rem/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { margin: 0 0 .5rem; padding: .6rem; border-radius: .3rem; background: var(--code); white-space: pre-wrap; overflow-wrap: anywhere; max-height: 30rem; overflow: auto; }
.copy-button { float: right; margin: .35rem; font: inherit; font-size: .8rem; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .3rem; cursor: pointer; }
.reasons li { padding: .25rem 0; overflow-wrap: anywhere; } .reasons summary { cursor: pointer; } .reasons li li { padding-left: 1.2rem; }
.problem { margin: 1.5rem 0; padding: 0 1rem 1rem; border: 2px solid var(--fail); border-radius: .5rem; }
footer { margin: 3rem auto 2rem; color: var(--soft); font-size: .9rem; }
@media (max-width: 40rem) { .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); } th, td { padding: .35rem .15rem; font-size: .78rem; } }
@media print { #filters, .skip-link, .copy-button { display: none; } pre { max-height: none; } }
`;

export const script = `
'use strict';
const form = document.getElementById('filters');
const rows = [...document.querySelectorAll('.requirement')];
const sections = [...document.querySelectorAll('.operation')];
const shown = document.getElementById('shown');
const apply = () => {
  const data = new FormData(form);
  const outcomes = new Set(data.getAll('outcome'));
  const operation = data.get('operation');
  const words = data.get('text').toLowerCase().split(/\\s+/).filter(Boolean);
  let count = 0;
  for (const row of rows) {
    const fits = outcomes.has(row.dataset.outcome) && words.every((word) => row.dataset.words.includes(word)) &&
      (operation === '' || row.closest('.operation').dataset.operation === operation);
    row.hidden = !fits;
    if (fits) count += 1;
  }
  for (const section of sections) section.hidden = section.querySelector('.requirement:not([hidden])') === null;
  shown.textContent = count + ' of ' + rows.length + ' requirements';
};
form.hidden = false;
form.addEventListener('input', apply);
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('click', (event) => {
  const open = event.target.dataset.open;
  if (open !== undefined) for (const row of rows) if (!row.hidden) row.open = open === 'true';
});
const reveal = () => {
  const target = location.hash === '' ? null : document.getElementById(location.hash.slice(1));
  if (target === null) return;
  for (let node = target; node !== null; node = node.parentElement) {
    if (node.tagName === 'DETAILS') node.open = true;
    if (node.hidden) node.hidden = false;
  }
  const inner = target.querySelector('details');
  if (inner !== null) inner.open = true;
  target.scrollIntoView();
};
addEventListener('hashchange', reveal);
if (navigator.clipboard !== undefined)
  for (const block of document.querySelectorAll('pre.copy')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'copy-button';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(block.textContent);
      button.textContent = 'Copied';
    });
    block.before(button);
  }
apply();
reveal();
`;
