import { createHash } from 'node:crypto';
import { z } from 'zod';
import { ACTIVATIONS } from '../checkpoint/index.ts';
import { canonicalJson } from '../config/index.ts';
import { METHOD_KEYS, methodConfig } from '../methods/index.ts';
import { datasetsOf, type Experiment, runtimeVersions } from '../runner/index.ts';

/** Raised when what goes through the queue, or what is asked of a worker, changes. */
const PROTOCOL = 1;

const identity = z.object({
  key: z.string(),
  fingerprint: z.string(),
  subsample: z.enum(['base', 'new']).exactOptional(),
});

const backbone = z.object({
  name: z.string(),
  sha256: z.string(),
  activation: z.enum(ACTIVATIONS).nullable(),
  settings: z.record(z.string(), z.unknown()).nullable(),
});

/** What decides a number and is not in a cell's data, and what a worker must find on its own machine. */
const requirementsSchema = z.object({
  protocol: z.number(),
  /** SHA-256 over the methods' kinds and versions. */
  methods: z.string(),
  /** Of the program and of the packages that its numbers depend on. */
  versions: z.record(z.string(), z.string()),
  runtime: z.object({ engine: z.string(), device: z.string(), precision: z.string() }),
  datasets: z.array(identity),
  backbones: z.array(backbone),
});

/** What a run asks of its workers. */
export type Requirements = z.infer<typeof requirementsSchema>;

/** A run as its workers see it. */
export const runSchema = z.object({
  title: z.string(),
  requires: requirementsSchema,
  /** Of the command that plans; another one is only remarked on. */
  gitRevision: z.string().nullable(),
  /** Threads of a cell; others may change the last digits, which is only remarked on. */
  threads: z.number(),
});

export type QueuedRun = z.infer<typeof runSchema>;

/** Versions that must agree. Node's own plays no part in the numbers. */
export function numericVersions(engineVersions: Readonly<Record<string, string>>): Record<string, string> {
  const { node: _, ...versions } = runtimeVersions(engineVersions).versions;
  return versions;
}

/** A hash over this program's methods: their keys, kinds and versions. */
export function methodsHash(): string {
  const any = { shots: 1, epochs: 'paper', views: 1, dataset: '', prompts: [] } as const;
  const versions = METHOD_KEYS.map((key) => {
    const { kind, version } = methodConfig(key, any);
    return [key, kind, version];
  });
  return createHash('sha256').update(canonicalJson(versions)).digest('hex');
}

/** What the workers of an experiment have to know, and to have. */
export function queuedRun(experiment: Experiment, threads: number): QueuedRun {
  const { sources, targets } = datasetsOf(experiment);
  const { subsample } = experiment.data;
  const distinct = new Map([...sources, ...targets].map((dataset) => [dataset.key, dataset]));
  return {
    title: experiment.benchmark.title,
    requires: {
      protocol: PROTOCOL,
      methods: methodsHash(),
      versions: numericVersions(experiment.engineVersions),
      runtime: experiment.runtime,
      datasets: [...distinct.values()].map(({ key, fingerprint }) => ({
        key,
        fingerprint,
        ...(subsample !== 'all' && { subsample }),
      })),
      backbones: experiment.backbones.map(({ name, sha256, activation, settings }) => ({
        name,
        sha256,
        activation,
        settings,
      })),
    },
    gitRevision: runtimeVersions().gitRevision,
    threads,
  };
}

/** The name of a run: of all that its workers must have. Two commands that ask for the same share their jobs. */
export function runId({ requires }: QueuedRun): string {
  return createHash('sha256').update(canonicalJson(requires)).digest('hex').slice(0, 24);
}

/** Why this program may not compute for a run; empty: it may. What is on the machine's disks is another question. */
export function programDiffers(
  { protocol, methods, versions, runtime }: Requirements,
  own: {
    readonly runtime: Requirements['runtime'];
    readonly engineVersions: Readonly<Record<string, string>>;
  },
): string[] {
  const reasons: string[] = [];
  if (protocol !== PROTOCOL) reasons.push(`it speaks protocol ${PROTOCOL} of the queue, not ${protocol}`);
  if (canonicalJson(runtime) !== canonicalJson(own.runtime)) {
    const words = ({ engine, device, precision }: Requirements['runtime']): string =>
      `${engine} on ${device} in ${precision}`;
    reasons.push(`it computes with ${words(own.runtime)}, not ${words(runtime)}`);
  }
  const ownVersions = numericVersions(own.engineVersions);
  for (const name of new Set([...Object.keys(versions), ...Object.keys(ownVersions)])) {
    if (versions[name] !== ownVersions[name])
      reasons.push(`it has ${name} ${ownVersions[name] ?? 'not at all'}, not ${versions[name] ?? 'none'}`);
  }
  if (methods !== methodsHash()) reasons.push('its methods have other versions');
  return reasons;
}
