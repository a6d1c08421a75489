/**
 * The page's script: sorting by column heads, copying tables and commands, the number behind a plotted
 * point. Plain browser JavaScript without data in it, so that its hash can stand in the page's policy.
 */
export const PAGE_SCRIPT = `'use strict';
const sortKey = (row, index) => {
  const field = row.cells[index];
  return field.dataset.sort === undefined ? field.textContent.trim() : field.dataset.sort;
};
const compare = (a, b, numeric, sign) => {
  if (a === '' || b === '') return a === b ? 0 : a === '' ? 1 : -1;
  return sign * (numeric ? Number(a) - Number(b) : a.localeCompare(b, 'en', { numeric: true }));
};
for (const head of document.querySelectorAll('.table thead th')) {
  head.querySelector('button').addEventListener('click', () => {
    const numeric = head.classList.contains('number');
    const before = head.getAttribute('aria-sort');
    const first = numeric ? 'descending' : 'ascending';
    const second = numeric ? 'ascending' : 'descending';
    const order = before === first ? second : first;
    for (const other of head.parentNode.cells) other.setAttribute('aria-sort', 'none');
    head.setAttribute('aria-sort', order);
    const body = head.closest('table').tBodies[0];
    const sign = order === 'ascending' ? 1 : -1;
    const rows = [...body.rows];
    rows.sort((a, b) => compare(sortKey(a, head.cellIndex), sortKey(b, head.cellIndex), numeric, sign));
    body.append(...rows);
  });
}
const fields = (row) => [...row.cells].flatMap((field) =>
  field.dataset.copy === undefined ? [field.textContent.trim()] : JSON.parse(field.dataset.copy).map(String));
const quoted = (text) => (/[",\\n\\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);
const tableText = (table, format) => [...table.rows].map((row) => format === 'csv'
  ? fields(row).map(quoted).join(',')
  : fields(row).map((text) => text.replace(/\\s+/g, ' ')).join('\\t')).join('\\n') + '\\n';
const copy = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
};
const announce = document.querySelector('#announce');
const copyFrom = (button, text) => button.addEventListener('click', async () => {
  const label = button.textContent;
  const message = (await copy(text())) ? 'Copied' : 'Copying was refused';
  announce.textContent = message;
  button.textContent = message;
  button.disabled = true;
  setTimeout(() => {
    button.textContent = label;
    button.disabled = false;
  }, 1200);
});
for (const button of document.querySelectorAll('[data-copy-as]')) {
  const block = button.closest('.table');
  const format = button.dataset.copyAs;
  const ready = block.querySelector('template[data-format="' + format + '"]');
  copyFrom(button, () => (ready === null ? tableText(block.querySelector('table'), format) : ready.content.textContent));
}
for (const button of document.querySelectorAll('[data-copy-text]')) {
  copyFrom(button, () => button.closest('.command').querySelector('code').textContent);
}
const tip = document.querySelector('#tip');
const tell = (mark) => {
  tip.textContent = mark.getAttribute('aria-label');
  tip.hidden = false;
  const box = mark.getBoundingClientRect();
  const left = box.left + box.width / 2 - tip.offsetWidth / 2;
  tip.style.left = Math.max(8, Math.min(left, innerWidth - tip.offsetWidth - 8)) + scrollX + 'px';
  tip.style.top = box.top + scrollY - tip.offsetHeight - 8 + 'px';
};
const silence = () => { tip.hidden = true; };
const MARKS = '[aria-label][aria-roledescription]:not([aria-roledescription="axis"], [aria-roledescription="legend"], [aria-roledescription="title"])';
for (const canvas of document.querySelectorAll('.canvas')) {
  canvas.addEventListener('mouseover', (event) => {
    const mark = event.target.closest(MARKS);
    if (mark !== null && mark !== canvas) tell(mark);
  });
  canvas.addEventListener('mouseout', silence);
  let at = -1;
  canvas.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const marks = [...canvas.querySelectorAll(MARKS)].filter((mark) => !mark.classList.contains('off'));
    if (marks.length === 0) return;
    event.preventDefault();
    at = at === -1 && step === -1 ? marks.length - 1 : (at + step + marks.length) % marks.length;
    tell(marks[at]);
    announce.textContent = tip.textContent;
  });
  canvas.addEventListener('blur', () => { at = -1; silence(); });
}
const filter = document.querySelector('#filter');
if (filter !== null) {
  const boxes = [...filter.querySelectorAll('input')];
  const show = () => {
    const off = { method: new Set(), set: new Set() };
    for (const box of boxes) if (!box.checked) off[box.dataset.hides].add(box.value);
    for (const kind of ['method', 'set']) {
      for (const part of document.querySelectorAll('main [data-' + kind + ']')) {
        if (part.tagName === 'TH') continue;
        const of = part.dataset;
        part.classList.toggle('off', off.method.has(of.method) || off.set.has(of.set));
      }
    }
    for (const head of document.querySelectorAll('thead th[data-method]')) {
      const hidden = off.method.has(head.dataset.method);
      for (const row of head.closest('table').rows) row.cells[head.cellIndex].classList.toggle('off', hidden);
    }
  };
  filter.hidden = false;
  filter.addEventListener('change', show);
  filter.addEventListener('reset', () => setTimeout(show));
  show();
}
const watch = document.querySelector('[data-reload-seconds]');
if (watch !== null) setTimeout(() => location.reload(), 1000 * Number(watch.dataset.reloadSeconds));
addEventListener('beforeprint', () => {
  for (const part of document.querySelectorAll('details')) part.open = true;
});
`;
