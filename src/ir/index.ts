export * from './composite.ts';
export { graphFlops } from './flops.ts';
export { makeGraph, topologicalOrder } from './graph.ts';
export { convSize, inferType, type Type } from './infer.ts';
export type * from './node.ts';
export * from './ops.ts';
export { printGraph } from './print.ts';
export * from './shape.ts';
export { verify } from './verify.ts';
