import { listClassFolders, pictureList } from '../../data/index.ts';

/** What the process answers its parent. */
export interface ListingAnswer {
  readonly pictures: number;
  readonly milliseconds: number;
  /** Peak of resident memory in bytes: starting included, nothing but `src/data` loaded. */
  readonly peakRss: number;
}

// Arguments: the root, and the cache's folder or nothing. Lists once, in a process of its own: in one that lists again
// and again, what was listed before is still in memory.
const [root, cacheDir] = process.argv.slice(2);
const start = performance.now();
const classes = await listClassFolders(root!, { cacheDir: cacheDir ?? null });
const labels = new Map(classes.map(({ name }, label) => [name, label]));
const { length } = pictureList(root!, 'train/', classes, (name) => labels.get(name)!);
const answer: ListingAnswer = {
  pictures: length,
  milliseconds: performance.now() - start,
  // resourceUsage counts in units of 1024 bytes.
  peakRss: process.resourceUsage().maxRSS * 1024,
};
process.send!(answer);
