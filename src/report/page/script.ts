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
  const table = button.closest('.table').querySelector('table');
  copyFrom(button, () => tableText(table, button.dataset.copyAs));
}
for (const button of document.querySelectorAll('[data-copy-text]')) {
  copyFrom(button, () => button.closest('.command').querySelector('code').textContent);
}
const tip = document.querySelector('#tip');
for (const mark of document.querySelectorAll('.plot [aria-label][aria-roledescription]')) {
  mark.addEventListener('mouseenter', () => {
    tip.textContent = mark.getAttribute('aria-label');
    tip.hidden = false;
    const box = mark.getBoundingClientRect();
    const left = box.left + box.width / 2 - tip.offsetWidth / 2;
    tip.style.left = Math.max(8, Math.min(left, innerWidth - tip.offsetWidth - 8)) + scrollX + 'px';
    tip.style.top = box.top + scrollY - tip.offsetHeight - 8 + 'px';
  });
  mark.addEventListener('mouseleave', () => { tip.hidden = true; });
}
addEventListener('beforeprint', () => {
  for (const part of document.querySelectorAll('details')) part.open = true;
});
`;
