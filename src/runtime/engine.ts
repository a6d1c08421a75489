import type { Graph, TensorData } from '../ir/index.ts';

/** Values fed or fetched, by name; row by row. */
export type Feeds = Readonly<Record<string, TensorData>>;

/** A graph made ready to run many times. */
export interface Executable {
  /**
   * Runs the graph once.
   * @param feeds one array for each input of the graph, of its type and number of values.
   * @returns every output by name; the arrays belong to the caller.
   * @throws {Error} a feed is missing or has another size.
   */
  run(feeds: Feeds): Promise<Record<string, Float32Array>>;
  /** Gives the memory back; the executable is not used after. */
  dispose(): Promise<void>;
}

/** Something that runs tensor graphs. */
export interface Engine {
  /** `onnxruntime`, `reference`, … as in records. */
  readonly name: string;
  readonly device: string;
  /** Threads within one op; 0 where the engine decides. */
  readonly threads: number;
  compile(graph: Graph): Promise<Executable>;
}

/** Checks feeds against the graph's inputs; every engine calls it, so all fail alike. */
export function checkFeeds(graph: Graph, feeds: Feeds): void {
  for (const { attributes, shape, dtype } of graph.inputs) {
    const data = feeds[attributes.name];
    const count = shape.reduce((product, size) => product * size, 1);
    if (data === undefined) throw new Error(`feed ${attributes.name} [${shape}] ${dtype} is missing`);
    const fits =
      dtype === 'float32'
        ? data instanceof Float32Array
        : data instanceof (dtype === 'int32' ? Int32Array : Uint8Array);
    if (data.length !== count || !fits) {
      throw new Error(
        `feed ${attributes.name}: expected [${shape}] ${dtype}, found ${data.length} values of ${data.constructor.name}`,
      );
    }
  }
}
