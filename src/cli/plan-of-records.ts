import { DATASETS, datasetAdapter, isDatasetKey, loadDataset } from '../../datasets/index.ts';
import { type CellRecord, type DatasetIdentity, UserError } from '../config/index.ts';
import type { Dataset } from '../data/index.ts';
import { METHOD_KEYS, methodOf, methodTitle, settingWords } from '../methods/index.ts';
import type { ReportPlan } from '../report/index.ts';
import { testPictures } from './test-pictures.ts';

const KNOWN_SETS: readonly string[] = Object.keys(DATASETS);

/**
 * A plan of what records hold, for folders whose run is not known by its options: sets and methods in the order of the
 * registries, every cell that has a record and no other.
 *
 * @param name What a person calls the records, e.g. their folder.
 * @throws {UserError} SEVERAL_CONFIGURATIONS: two records are of one set, backbone, method, shot count and seed.
 */
export async function planOfRecords(
  name: string,
  records: readonly CellRecord[],
  command: string,
): Promise<ReportPlan> {
  checkDistinct(name, records);
  const cells = records.map(({ key, cell }) => ({ key, cell }));
  const sources = distinctBy(cells.map(({ cell }) => cell.dataset));
  const targets = distinctBy(cells.flatMap(({ cell }) => cell.targets));
  const identities = distinctBy([...sources, ...targets]);
  const loaded = await Promise.all(identities.map(embedded));
  const methods = [...new Set(cells.map(({ cell }) => cell.method.key))].sort(byRegistry);
  const numbers = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
  const known = loaded.filter((dataset) => dataset !== null);
  const limits = new Set(cells.map(({ cell }) => cell.limit));
  return {
    experiment: 'records',
    title: `Results in ${name}`,
    introduction: 'Every cell that has a record in this folder.',
    command,
    cells: inOrder(cells, identities, methods),
    datasets: identities.map(({ key }, i) => {
      const dataset = loaded[i];
      return dataset
        ? { key, title: dataset.title, classNames: dataset.classNames }
        : { key, title: titleOfSet(key) };
    }),
    methods: methods.map((key) => ({ key, title: methodTitle(key) })),
    shots: numbers(cells.flatMap(({ cell }) => (cell.shots > 0 ? [cell.shots] : []))),
    seeds: numbers(cells.flatMap(({ cell }) => (cell.seed === null ? [] : [cell.seed]))),
    versions: { ...records[0]?.run.versions },
    kindTitle: (config) => methodOf(config).title,
    settingWords,
    ...(limits.size === 1 ? testPictures({ datasets: known, targets: [] }, [...limits][0]!) : {}),
  };
}

function checkDistinct(name: string, records: readonly CellRecord[]): void {
  const seen = new Set<string>();
  for (const { cell } of records) {
    const { dataset, backbone, method, shots, seed } = cell;
    const id = [dataset.key, backbone.name, method.key, `${shots} shots`, `seed ${seed}`].join(', ');
    if (!seen.has(id)) {
      seen.add(id);
      continue;
    }
    throw new UserError('SEVERAL_CONFIGURATIONS', {
      where: `records in ${name}`,
      expected: 'one record a set, backbone, method, shot count and seed',
      found: `two of ${id}, with other settings`,
      hint: 'say which run is meant: --benchmark and the options it was given',
    });
  }
}

/** A set of the suite as it is here, where it is the one that the records are of; others would have to be found first. */
async function embedded({ key, fingerprint, subsample }: DatasetIdentity): Promise<Dataset | null> {
  if (subsample !== undefined || !isDatasetKey(key) || datasetAdapter(key).disk !== null) return null;
  const dataset = await loadDataset(key);
  return dataset.fingerprint === fingerprint ? dataset : null;
}

const titleOfSet = (key: string): string => (isDatasetKey(key) ? datasetAdapter(key).title : key);

function distinctBy<Item extends { readonly key: string }>(items: readonly Item[]): readonly Item[] {
  const found = new Map<string, Item>();
  for (const item of items) if (!found.has(item.key)) found.set(item.key, item);
  const order = (key: string) => (KNOWN_SETS.includes(key) ? KNOWN_SETS.indexOf(key) : KNOWN_SETS.length);
  return [...found.values()].sort((a, b) => order(a.key) - order(b.key));
}

function byRegistry(a: string, b: string): number {
  const place = (key: string) => {
    const index = METHOD_KEYS.indexOf(key.split(':')[0]!);
    return index === -1 ? METHOD_KEYS.length : index;
  };
  return place(a) - place(b) || (a < b ? -1 : 1);
}

/** Sets, methods, shots and seeds, the last moving fastest. */
function inOrder(
  cells: ReportPlan['cells'],
  sets: readonly DatasetIdentity[],
  methods: readonly string[],
): ReportPlan['cells'] {
  const places = new Map(sets.map(({ key }, i) => [key, i]));
  const rank = ({ cell }: ReportPlan['cells'][number]) => [
    places.get(cell.dataset.key)!,
    methods.indexOf(cell.method.key),
    cell.shots,
    cell.seed ?? 0,
  ];
  return [...cells].sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    const at = x.findIndex((value, i) => value !== y[i]);
    return at === -1 ? (a.key < b.key ? -1 : 1) : x[at]! - y[at]!;
  });
}
