import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { UserError } from '../../src/config/index.ts';
import { PERMITTED_LICENCES, pinnedSets } from './sets.ts';

/** Who drew a set and under which licence, from its package's `info.json`. */
export interface Credit {
  readonly set: string;
  readonly version: string;
  readonly title: string;
  readonly author: string;
  readonly authorUrl: string | null;
  readonly licence: string;
  readonly spdx: string;
  readonly licenceUrl: string | null;
  /** Icons in the set. */
  readonly icons: number;
}

const require = createRequire(import.meta.url);

/**
 * Credits of every pinned set, by name.
 *
 * @throws {UserError} LICENCE_NOT_PERMITTED: a set is share-alike, non-commercial or under the GPL.
 */
export function readCredits(): Credit[] {
  return [...pinnedSets()].map(([set, version]) => {
    const path = require.resolve(`@iconify-json/${set}/info.json`);
    const info = JSON.parse(readFileSync(path, 'utf8')) as {
      name: string;
      total: number;
      author: { name: string; url?: string };
      license: { title: string; spdx?: string; url?: string };
    };
    const spdx = info.license.spdx ?? info.license.title;
    if (!PERMITTED_LICENCES.has(spdx)) {
      throw new UserError('LICENCE_NOT_PERMITTED', {
        where: `icon set '${set}'`,
        expected: `one of ${[...PERMITTED_LICENCES].join(', ')}`,
        found: spdx,
        hint: 'take the set out of datasets/icons/package.json',
      });
    }
    return {
      set,
      version,
      title: info.name,
      author: info.author.name,
      authorUrl: info.author.url || null,
      licence: info.license.title,
      spdx,
      licenceUrl: info.license.url || null,
      icons: info.total,
    };
  });
}

function link(text: string, url: string | null): string {
  return url === null ? text : `[${text}](${url})`;
}

/** The text of `CREDITS.md`. */
export function renderCredits(credits: readonly Credit[]): string {
  const rows = credits.map((credit) => {
    const licence = link(`${credit.licence} (${credit.spdx})`, credit.licenceUrl);
    const cells = [credit.set, credit.version, credit.title, link(credit.author, credit.authorUrl), licence];
    return `| ${[...cells, credit.icons].join(' | ')} |`;
  });
  return [
    '# Credits of the icon suite',
    '',
    'Made by `datasets/icons/build-table.ts`. The drawings come from npm, one package a set ' +
      '(`@iconify-json/<set>`, by Iconify), and are rendered unchanged but for their size; black stands for ' +
      '`currentColor`. Share-alike, non-commercial and GPL sets are not used.',
    '',
    '| set | version | title | author | licence | icons |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
