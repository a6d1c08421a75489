import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Tables that hold nothing that differs between two runs. */
const TABLES = ['cells.csv', 'summary.csv'] as const;

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort();
  } catch {
    return [];
  }
};

interface Seen {
  readonly stamp: string;
  readonly text: string;
}

/** Watches the records of a folder while it is disturbed: a good one must stay as it is. */
export class RecordWatch {
  readonly #folder: string;
  readonly #seen = new Map<string, Seen>();
  /** What went wrong, a sentence each. */
  readonly faults: string[] = [];

  constructor(out: string) {
    this.#folder = join(out, 'records');
  }

  /** Good records seen. */
  get count(): number {
    return this.#seen.size;
  }

  look(): void {
    const names = new Set(namesIn(this.#folder));
    for (const name of this.#seen.keys()) if (!names.has(name)) this.faults.push(`${name} was lost`);
    for (const name of names) {
      const path = join(this.#folder, name);
      const { ino, mtimeMs, size } = statSync(path);
      const stamp = `${ino} ${mtimeMs} ${size}`;
      const seen = this.#seen.get(name);
      if (seen?.stamp === stamp) continue;
      const text = readFileSync(path, 'utf8');
      const { status } = JSON.parse(text) as { readonly status: string };
      if (seen !== undefined) this.faults.push(`${name} was computed twice`);
      if (status === 'ok') this.#seen.set(name, { stamp, text });
    }
  }
}

/** A record without what differs between two runs. */
function content(path: string): string {
  const { run: _, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  return JSON.stringify(rest);
}

/** Cells that some log says were finished more than once. */
function doubled(out: string): string[] {
  const done = new Map<string, number>();
  for (const name of namesIn(join(out, 'logs'))) {
    const log = readFileSync(join(out, 'logs', name), 'utf8');
    for (const [, id] of log.matchAll(/^\S+ done ([0-9a-f]{32}) /gm)) done.set(id!, (done.get(id!) ?? 0) + 1);
  }
  return [...done].flatMap(([id, times]) => (times > 1 ? [`${id} was finished ${times} times`] : []));
}

/** How a disturbed run's folder differs from an undisturbed one's; nothing: not at all. */
export function differences(undisturbed: string, disturbed: string): string[] {
  const faults: string[] = [];
  for (const part of ['records', 'prompts']) {
    const [expected, found] = [namesIn(join(undisturbed, part)), namesIn(join(disturbed, part))];
    for (const name of expected) if (!found.includes(name)) faults.push(`${part}/${name} is missing`);
    for (const name of found) if (!expected.includes(name)) faults.push(`${part}/${name} is too many`);
    for (const name of expected.filter((each) => found.includes(each))) {
      const [a, b] = [join(undisturbed, part, name), join(disturbed, part, name)];
      const same = part === 'records' ? content(a) === content(b) : readFileSync(a).equals(readFileSync(b));
      if (!same) faults.push(`${part}/${name} differs`);
    }
  }
  for (const table of TABLES) {
    if (!readFileSync(join(undisturbed, table)).equals(readFileSync(join(disturbed, table))))
      faults.push(`${table} differs`);
  }
  faults.push(...doubled(disturbed));
  for (const name of namesIn(join(disturbed, 'claims'))) faults.push(`claims/${name} was left behind`);
  return faults;
}
