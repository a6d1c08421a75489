import { readFileSync } from 'node:fs';

/** The published numbers of `paper/reference.json`, as they stand there. */
export function readPaperReference(): unknown {
  return JSON.parse(readFileSync(new URL('./paper/reference.json', import.meta.url), 'utf8'));
}
