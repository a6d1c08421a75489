import { Command } from 'commander';
import { PUBLISHED_MODELS } from '../checkpoint/index.ts';
import { formatBytes } from '../files/index.ts';
import { cacheFolder } from './cache-folder.ts';
import { findDownloadedModel } from './download-model.ts';

interface ListedModel {
  readonly name: string;
  readonly publisher: string;
  readonly activation: string;
  /** Size on disk, or to download; null: the hub says it when it is asked. */
  readonly bytes: number | null;
  /** Null: not downloaded. */
  readonly path: string | null;
}

function list({ cache, json = false }: { readonly cache?: string; readonly json?: boolean }): void {
  const folder = cacheFolder(cache);
  const models = PUBLISHED_MODELS.map((published): ListedModel => {
    const { name, publisher, activation } = published;
    const found = findDownloadedModel(name, folder);
    const bytes =
      found?.files.reduce((sum, file) => sum + file.bytes, 0) ??
      (published.publisher === 'openai' ? published.sizeBytes : null);
    return { name, publisher, activation, bytes, path: found?.path ?? null };
  });
  if (json) {
    process.stdout.write(`${JSON.stringify(models)}\n`);
    return;
  }
  const width = Math.max(...models.map(({ name }) => name.length));
  for (const { name, bytes, path } of models) {
    const size = bytes === null ? '–' : formatBytes(bytes);
    process.stdout.write(`${name.padEnd(width)}  ${size.padStart(7)}  ${path ?? 'not downloaded'}\n`);
  }
}

/** `coop-bench checkpoint list` */
export function checkpointListCommand(): Command {
  return new Command('list')
    .description('the published models known by name, their sizes, and where the downloaded ones are')
    .option(
      '--cache <dir>',
      "cache folder (default: COOP_BENCH_CACHE, else coop-bench in the user's cache folder)",
    )
    .option('--json', 'a JSON list of objects: name publisher activation bytes path (null: not downloaded)')
    .addHelpText(
      'after',
      `
Any other CLIP of the Hugging Face hub can be downloaded by hf:owner/name.

Examples:
  npx coop-bench checkpoint list
  npx coop-bench checkpoint list --json`,
    )
    .action(list);
}
