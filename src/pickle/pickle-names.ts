import type { PickleValue } from './pickle-values.ts';

/** What the names in a pickle stand for: the closed list of whoever reads it. */
export interface PickleNames {
  /** What writes such pickles, in a message: `torch.save`. */
  readonly writer: string;
  /** The function or class of a module: an entry of the closed list, else a placeholder of that name. */
  readonly global: (module: string, name: string) => PickleValue;
  /** The object of a persistent id. @throws {PickleProblem} There are none. */
  readonly persistent: (id: PickleValue) => PickleValue;
}
