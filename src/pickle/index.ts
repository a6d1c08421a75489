export type { PickleNames } from './pickle-names.ts';
export {
  Callable,
  kindOf,
  PickleObject,
  PickleProblem,
  type PickleValue,
  Placeholder,
} from './pickle-values.ts';
export { PickleError, readPickle } from './read-pickle.ts';
