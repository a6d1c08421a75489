import type { Graph } from '../ir/index.ts';
import type { Engine, Feeds } from '../runtime/index.ts';

/** Values of a graph that is needed once: what is compiled for it does not stay in memory, not even if it fails. */
export async function runOnce(
  engine: Engine,
  graph: Graph,
  feeds: Feeds,
): Promise<Record<string, Float32Array>> {
  const executable = await engine.compile(graph);
  try {
    return await executable.run(feeds);
  } finally {
    await executable.dispose();
  }
}
