import { assemble, type WasmFunction } from '../wasm/index.ts';

/** Doubles that a turn of a loop takes: the length of every vector is padded with zeros to a multiple. */
export const LANE_BLOCK = 8;

/** Offsets of the four pairs of doubles of a turn; each has a sum of its own, so that no addition waits for another. */
const OFFSETS = [0, 16, 32, 48] as const;

const eachOffset = (code: (offset: number, index: number) => string) => OFFSETS.map(code).join('\n');
const load = (pointer: string, offset: number) => `local.get $${pointer} v128.load offset=${offset}`;
/** Turns over `bytes` from `first` on; the other pointers go along. */
const turns = (first: string, others: readonly string[], turn: string) => `
  local.get $${first} local.get $bytes i32.add local.set $end
  loop $turns
    ${turn}
    ${others.map((name) => `local.get $${name} i32.const 64 i32.add local.set $${name}`).join('\n')}
    local.get $${first} i32.const 64 i32.add local.tee $${first} local.get $end i32.lt_u br_if $turns
  end`;
/** Leaves the four sums folded by `how` on the stack. */
const fold = (how: 'add' | 'max') => `
  local.get $sum0 local.get $sum1 f64x2.${how}
  local.get $sum2 local.get $sum3 f64x2.${how} f64x2.${how}`;
const SUMS = OFFSETS.map((_, index) => `sum${index}`);

/** Leaves f·v + g·w on the stack. */
const mixed = (offset: number) => `
  ${load('v', offset)} local.get $f f64x2.mul
  ${load('w', offset)} local.get $g f64x2.mul f64x2.add`;
const FACTORS = `
  local.get $scratch v128.load64_splat local.set $f
  local.get $scratch v128.load64_splat offset=8 local.set $g`;

/** out = f·v + g·w, with f and g from `scratch`; `out` may be v or w. */
const MIX: WasmFunction = {
  name: 'mix',
  params: ['out', 'scratch', 'v', 'w', 'bytes'],
  locals: { i32: ['end'], v128: ['f', 'g'] },
  body: `
    ${FACTORS}
    ${turns(
      'out',
      ['v', 'w'],
      eachOffset((offset) => `local.get $out ${mixed(offset)} v128.store offset=${offset}`),
    )}`,
};

/** The same, and the sum of scratch[2] and scratch[3] is out·z; z is not `out`. */
const MIX_DOT: WasmFunction = {
  name: 'mixDot',
  params: ['out', 'scratch', 'v', 'w', 'z', 'bytes'],
  locals: { i32: ['end'], v128: ['f', 'g', 'x', ...SUMS] },
  body: `
    ${FACTORS}
    ${turns(
      'out',
      ['v', 'w', 'z'],
      eachOffset(
        (offset, index) => `
          local.get $out ${mixed(offset)} local.tee $x v128.store offset=${offset}
          local.get $x ${load('z', offset)} f64x2.mul
          local.get $sum${index} f64x2.add local.set $sum${index}`,
      ),
    )}
    local.get $scratch ${fold('add')} v128.store offset=16`,
};

/** The sum of scratch[2] and scratch[3] is v·w. */
const DOT: WasmFunction = {
  name: 'dot',
  params: ['scratch', 'v', 'w', 'bytes'],
  locals: { i32: ['end'], v128: SUMS },
  body: `
    ${turns(
      'v',
      ['w'],
      eachOffset(
        (offset, index) => `
          ${load('v', offset)} ${load('w', offset)} f64x2.mul
          local.get $sum${index} f64x2.add local.set $sum${index}`,
      ),
    )}
    local.get $scratch ${fold('add')} v128.store offset=16`,
};

/** The greater of scratch[2] and scratch[3] is max|v|, NaN if a component is. */
const LARGEST: WasmFunction = {
  name: 'largest',
  params: ['scratch', 'v', 'bytes'],
  locals: { i32: ['end'], v128: SUMS },
  body: `
    ${turns(
      'v',
      [],
      eachOffset(
        (offset, index) =>
          `${load('v', offset)} f64x2.abs local.get $sum${index} f64x2.max local.set $sum${index}`,
      ),
    )}
    local.get $scratch ${fold('max')} v128.store offset=16`,
};

/** All arguments are addresses and `bytes` of a vector, a multiple of 8 · {@link LANE_BLOCK} above 0. */
export interface VectorKernel {
  readonly memory: WebAssembly.Memory;
  readonly mix: (out: number, scratch: number, v: number, w: number, bytes: number) => void;
  readonly mixDot: (out: number, scratch: number, v: number, w: number, z: number, bytes: number) => void;
  readonly dot: (scratch: number, v: number, w: number, bytes: number) => void;
  readonly largest: (scratch: number, v: number, bytes: number) => void;
}

let module: WebAssembly.Module | null = null;

/** A fresh instance with its own memory, of 64 KiB at first. */
export function openVectorKernel(): VectorKernel {
  module ??= assemble([MIX, MIX_DOT, DOT, LARGEST]);
  return new WebAssembly.Instance(module).exports as unknown as VectorKernel;
}
