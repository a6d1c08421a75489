import { UserError } from '../config/index.ts';

/** A model of the Hugging Face hub, as a person names it. */
export interface HuggingFaceName {
  readonly owner: string;
  readonly name: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

const PREFIX = 'hf:';
/** The hub's rule for names; starting with a letter, digit or underscore, they can never be `.` or `..`. */
const NAME = /^\w[\w.-]{0,95}$/;
/** A branch or tag; parts are divided by slashes, as in `refs/pr/1`. */
const REVISION = /^\w[\w.-]*(\/\w[\w.-]*)*$/;
const COMMIT = /^[0-9a-f]{40}$/;

/** Whether a text is meant to name a model of the hub. */
export function isHuggingFaceName(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** Whether a revision is a commit, whose files never change. */
export function isCommit(revision: string): boolean {
  return COMMIT.test(revision);
}

/**
 * Reads `hf:owner/name` or `hf:owner/name@revision`; the revision is `main` unless said.
 *
 * @throws {UserError} BAD_MODEL_NAME: parts are missing, or have characters that no such name has.
 */
export function parseHuggingFaceName(text: string): HuggingFaceName {
  const [id, revision = 'main', ...rest] = text.slice(PREFIX.length).split('@') as [string, ...string[]];
  const [owner, name, ...more] = id.split('/') as [string, ...string[]];
  const good =
    isHuggingFaceName(text) &&
    rest.length === 0 &&
    more.length === 0 &&
    NAME.test(owner) &&
    name !== undefined &&
    NAME.test(name) &&
    REVISION.test(revision);
  if (good) return { owner, name, revision };
  throw new UserError('BAD_MODEL_NAME', {
    where: JSON.stringify(text.slice(0, 200)),
    expected: 'hf:owner/name or hf:owner/name@revision',
    found: 'a name of another form',
    hint: 'hf:laion/CLIP-ViT-B-32-laion2B-s34B-b79K',
  });
}
