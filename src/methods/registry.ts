import { type MethodConfig, nearNames, UserError } from '../config/index.ts';
import { coop } from './kinds/coop.ts';
import { finetuneImage } from './kinds/finetune-image.ts';
import { linearProbe } from './kinds/linear-probe.ts';
import { textBias } from './kinds/text-bias.ts';
import { textLayer } from './kinds/text-layer.ts';
import { tipAdapter } from './kinds/tip-adapter.ts';
import { tipAdapterF } from './kinds/tip-adapter-f.ts';
import { zeroShot } from './kinds/zero-shot.ts';
import type { Method, MethodContext, SettingWords } from './method.ts';

/** Every kind of method. Its order is that of lists. */
export const METHODS = [
  zeroShot,
  linearProbe,
  finetuneImage,
  textLayer,
  textBias,
  coop,
  tipAdapter,
  tipAdapterF,
] as const satisfies readonly Method[];

/** Methods that stand in lists and help texts; some families take more. */
export const METHOD_KEYS: readonly string[] = METHODS.flatMap(({ keys }) => [...keys]);

/** A key taken apart: its kind of method, the key itself, and the settings that stand behind it. */
interface ParsedKey {
  readonly method: Method;
  readonly base: string;
  readonly changes: readonly (readonly [name: string, text: string])[];
}

/** Any context: whether a key is known does not depend on it. */
const ANY: MethodContext = { shots: 1, epochs: 'paper', views: 1, dataset: '', prompts: [] };

function unknownMethod(key: string): UserError {
  const near = nearNames(key, METHOD_KEYS);
  const patterns = METHODS.flatMap((method: Method) => method.pattern ?? []);
  return new UserError('UNKNOWN_METHOD', {
    where: `method ${JSON.stringify(key)}`,
    expected: `one of ${METHOD_KEYS.join(', ')}, or ${patterns.join(', ')}`,
    ...(near.length > 0 ? { hint: `did you mean ${near.join(' or ')}?` } : {}),
  });
}

function parseKey(key: string): ParsedKey {
  const [base, ...rest] = key.split(':') as [string, ...string[]];
  const method = METHODS.find((known: Method) => known.configure(base, ANY) !== null) as Method | undefined;
  if (method === undefined) throw unknownMethod(key);
  const names = Object.keys(method.tunable);
  const changes = rest.map((part): readonly [string, string] => {
    const [name, text] = part.split('=') as [string, string | undefined];
    if (text !== undefined && Object.hasOwn(method.tunable, name)) return [name, text];
    throw new UserError('BAD_OPTION', {
      where: `method ${JSON.stringify(key)}`,
      expected:
        names.length === 0
          ? `${base} alone: it has no settings to change`
          : `${base}:NAME=VALUE with NAME one of ${names.join(', ')}`,
      found: JSON.stringify(part),
    });
  });
  const twice = changes.find(([name], i) => changes.findIndex(([other]) => other === name) !== i);
  if (twice !== undefined) {
    throw new UserError('BAD_OPTION', {
      where: `method ${JSON.stringify(key)}`,
      expected: 'every setting once',
      found: `${twice[0]} twice`,
    });
  }
  return { method, base, changes };
}

/** @throws {UserError} UNKNOWN_METHOD, with near names; BAD_OPTION for what stands behind its colons. */
export function checkMethodKey(key: string): void {
  canonicalMethodKey(key);
}

/**
 * A key in its one spelling, so that one method has one name: settings by name, values as they are read.
 * `coop_m16_end:views=08:lr=2e-2` is `coop_m16_end:lr=0.02:views=8`.
 * @throws {UserError} UNKNOWN_METHOD, BAD_OPTION
 */
export function canonicalMethodKey(key: string): string {
  const { method, base, changes } = parseKey(key);
  const settings = changes.map(([name, text]) => {
    const [value] = Object.values(method.tunable[name]!(text));
    return `${name}=${value}`;
  });
  return [base, ...settings.sort()].join(':');
}

/**
 * The complete settings of a method.
 * @param key e.g. `coop_m16_end`, or with changed settings `coop_m16_end:lr=0.02:views=fresh`.
 * @throws {UserError} UNKNOWN_METHOD, BAD_OPTION
 */
export function methodConfig(key: string, context: MethodContext): MethodConfig {
  const { method, base, changes } = parseKey(key);
  const config = method.configure(base, context) as MethodConfig;
  const changed = changes.map(([name, text]) => method.tunable[name]!(text));
  return Object.assign({}, config, ...changed, { key: canonicalMethodKey(key) });
}

/** The words a person reads for a method; the key itself where it is none. */
export function methodTitle(key: string): string {
  let parsed: ParsedKey;
  try {
    parsed = parseKey(key);
  } catch (error) {
    if (error instanceof UserError) return key;
    throw error;
  }
  const { method, base, changes } = parsed;
  const words = changes.flatMap(([name, text]) =>
    Object.entries(method.tunable[name]!(text)).map(([field, value]) => {
      const setting = (method.words as Record<string, SettingWords<unknown>>)[field]!;
      return setting.inTitle?.(value) ?? `${setting.name} ${setting.value(value)}`;
    }),
  );
  return [method.titleOf(base), ...words].join(', ');
}

/** The kind of method behind some settings. @throws {Error} No kind has that name: our own bug. */
export function methodOf({ kind }: MethodConfig): Method {
  const method = METHODS.find((known: Method) => known.kind === kind);
  if (method === undefined) throw new Error(`internal: no method of the kind ${kind}`);
  return method;
}

/** Whether a method learns from labelled pictures. @throws {UserError} UNKNOWN_METHOD */
export function methodLearns(key: string): boolean {
  return parseKey(key).method.learns;
}

/** A method's settings in words, in the order of a page. */
export function settingWords(
  config: MethodConfig,
): readonly { readonly name: string; readonly text: string }[] {
  const words = methodOf(config).words as Record<string, SettingWords<unknown>>;
  return Object.entries(words).map(([field, { name, value }]) => ({ name, text: value(config[field]) }));
}
