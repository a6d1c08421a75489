import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../config/index.ts';

/** Folder of CoOp's runs that holds the prompt, within the run's own. */
export const COOP_FOLDER = 'prompt_learner';
const EPOCH_FILE = /^model\.pth\.tar-(\d+)$/;
const BEST_FILE = 'model-best.pth.tar';

/** The prompt of a run of CoOp's code: of the highest epoch; else the best on validation pictures. */
function newestIn(folder: string): string | null {
  const names = readdirSync(folder);
  const epochs = names.map((name) => Number(EPOCH_FILE.exec(name)?.[1] ?? -1));
  const last = Math.max(-1, ...epochs);
  if (last >= 0) return join(folder, names[epochs.indexOf(last)]!);
  return names.includes(BEST_FILE) ? join(folder, BEST_FILE) : null;
}

/**
 * The file of a prompt: the path itself, or within the folder of a run of CoOp's code.
 * @throws {UserError} FILE_UNREADABLE; NO_PROMPT: a folder without one.
 */
export function locatePrompt(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new UserError('FILE_UNREADABLE', {
      where: `--prompt ${path}`,
      expected: 'the file of a learned prompt',
      found: 'no such file',
      hint: "a grid keeps them in <out>/prompts, CoOp's code in <output>/prompt_learner",
    });
  }
  if (!stat.isDirectory()) return path;
  const inner = join(path, COOP_FOLDER);
  const isRun = statSync(inner, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const found = newestIn(isRun ? inner : path);
  if (found !== null) return found;
  throw new UserError('NO_PROMPT', {
    where: `--prompt ${path}`,
    expected: `${COOP_FOLDER}/model.pth.tar-N or model-best.pth.tar within the folder`,
    found: `${readdirSync(isRun ? inner : path).length} entries, none of them such a file`,
    hint: 'name the file itself',
  });
}
