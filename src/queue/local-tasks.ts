import type { LoadOptions } from '../../datasets/index.ts';
import type { Dataset } from '../data/index.ts';
import {
  type Backbone,
  type JobPlace,
  type PlannedTask,
  planTasks,
  rememberedDraws,
} from '../runner/index.ts';
import type { QueueJob } from './job.ts';

/** What a worker has of a run, on its own machine. */
export interface RunHere {
  /** By the hash of their weights. */
  readonly backbones: ReadonlyMap<string, Backbone>;
  readonly datasets: ReadonlyMap<string, Dataset>;
  readonly data: LoadOptions;
}

/** The state of a picture that was encoded; else the name of the task that encodes it. */
const DONE = '';

/**
 * The tasks that a job is on the worker's own machine: the pictures that nobody here has encoded, and the cells.
 * Pictures that another job's task encodes are waited for, so that no picture is encoded twice.
 */
export class LocalTasks {
  readonly #here: RunHere;
  readonly #place: (backbone: Backbone, data: LoadOptions) => JobPlace;
  readonly #draws = rememberedDraws();
  /** By backbone, dataset, split and view: what is known of each picture. */
  readonly #pictures = new Map<string, Map<number, string>>();

  constructor(here: RunHere, place: (backbone: Backbone, data: LoadOptions) => JobPlace) {
    this.#here = here;
    this.#place = place;
  }

  /**
   * @param name Unlike any other task's. @returns The cells' task is the last, and bears the name.
   * @throws {Error} The job asks for something that its run did not name.
   */
  of(job: QueueJob, name: string): PlannedTask[] {
    const { cell } = job.cells[0]!;
    const { datasets, backbones, data } = this.#here;
    const backbone = backbones.get(cell.backbone.sha256);
    const [source, ...targets] = [cell.dataset, ...cell.targets].map(({ key }) => datasets.get(key));
    if (backbone === undefined || source === undefined || targets.includes(undefined)) {
      throw new Error(`the job ${job.label} asks for a dataset or a model that its run did not name`);
    }
    const grid = { datasets: [source], targets: targets as Dataset[] };
    const tasks = planTasks(
      { backbones: [backbone], grids: [grid] },
      [{ backbone, source, cells: job.cells }],
      new Set(job.wanted),
      () => this.#place(backbone, data),
      this.#draws,
    );
    const needs = new Set<string>();
    const own = tasks.flatMap((task, i) =>
      this.#unencoded(task, `${name} pictures ${i}`, backbone.sha256, needs),
    );
    return [...own, { ...tasks.at(-1)!, id: name, needs: [...needs] }];
  }

  /** What is left of a features task: nothing, where all its pictures are known. */
  #unencoded(task: PlannedTask, id: string, model: string, needs: Set<string>): PlannedTask[] {
    const { payload } = task;
    if (payload.kind !== 'features') return [];
    const groups = payload.groups.flatMap(({ split, view, indices }) => {
      const known = this.#known([model, payload.dataset, split, view].join(' '));
      const fresh = indices.filter((index) => !known.has(index));
      for (const index of fresh) known.set(index, id);
      for (const index of indices) if (known.get(index) !== DONE) needs.add(known.get(index)!);
      return fresh.length > 0 ? [{ split, view, indices: fresh }] : [];
    });
    return groups.length > 0 ? [{ ...task, id, payload: { ...payload, groups } }] : [];
  }

  #known(name: string): Map<number, string> {
    const known = this.#pictures.get(name) ?? new Map<number, string>();
    this.#pictures.set(name, known);
    return known;
  }

  /** A features task has ended: its pictures are there, or up to the next job that needs them. */
  ended({ id, payload }: PlannedTask, well: boolean): void {
    if (payload.kind !== 'features') return;
    for (const { split, view, indices } of payload.groups) {
      const known = this.#known([payload.place.checkpointSha256, payload.dataset, split, view].join(' '));
      for (const index of indices) {
        if (known.get(index) !== id) continue;
        if (well) known.set(index, DONE);
        else known.delete(index);
      }
    }
  }
}
