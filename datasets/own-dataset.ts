import { checkTrainable, type Dataset, readOwnDataset } from '../src/data/index.ts';
import type { LoadOptions, OwnSource } from './adapter.ts';
import { fingerprintOf } from './fingerprint.ts';

/**
 * A person's own pictures as a dataset. Fixed crops are the default, since a run on them should take minutes; the
 * epochs are the paper's.
 *
 * @param key Name that was given to it.
 */
export function ownAdapter(
  key: string,
  source: OwnSource,
): { readonly load: (options: LoadOptions) => Promise<Dataset> } {
  return {
    async load({ cacheDir }) {
      const { classNames, train, val, test, title, prompt, mirrors, note, splitSource } =
        await readOwnDataset(source, cacheDir);
      const split = { classNames, train, val, test };
      checkTrainable(split, source.path);
      return {
        ...split,
        key,
        title,
        prompt,
        mirrors,
        note,
        splitSource,
        protocol: { views: 8, epochs: 'paper', mostEpochs: null },
        fingerprint: fingerprintOf({ ...split, revision: null, mirrors }),
      };
    },
  };
}
