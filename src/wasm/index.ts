export { assemble, type WasmFunction } from './assembler.ts';
