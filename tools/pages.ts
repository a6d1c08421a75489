import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { html } from '../src/report/index.ts';

// A copy of the example reports that a static host (GitHub Pages and the like) serves as it is: npm run pages.

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const SOURCE = join('reports', 'example');
const OUT = 'pages';

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
cpSync(SOURCE, OUT, { recursive: true });
const reports = readdirSync(OUT).filter((name) => existsSync(join(OUT, name, 'index.html')));
const page = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>coop-bench</title></head>
<body><h1>coop-bench</h1><ul>${reports.map((name) => html`<li><a href="${name}/index.html">${name}</a></li>`)}</ul></body>
</html>
`;
writeFileSync(join(OUT, 'index.html'), page.markup);
// A host that builds sites would leave out files it takes for its own.
writeFileSync(join(OUT, '.nojekyll'), '');
const files = (readdirSync(OUT, { recursive: true }) as string[]).filter((name) =>
  statSync(join(OUT, name)).isFile(),
);
process.stdout.write(`${files.length} files in ${OUT}: a static host serves them as they are\n`);
