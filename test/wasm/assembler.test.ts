import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assemble, type WasmFunction } from '../../src/wasm/index.ts';

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly run: (...args: readonly number[]) => void;
}

const none = { i32: [], v128: [] } as const;
const functionOf = (body: string, rest: Partial<WasmFunction> = {}): WasmFunction => ({
  name: 'run',
  params: ['at'],
  locals: none,
  body,
  ...rest,
});

function run(source: WasmFunction, ...args: readonly number[]): DataView {
  const { exports } = new WebAssembly.Instance(assemble([source]));
  const { memory, run: call } = exports as Exports;
  call(...args);
  return new DataView(memory.buffer);
}

describe('the assembler', () => {
  for (const value of [
    0,
    1,
    -1,
    63,
    64,
    -64,
    -65,
    127,
    128,
    8191,
    8192,
    -8193,
    2 ** 21,
    2 ** 31 - 1,
    -(2 ** 31),
  ]) {
    it(`writes the constant ${value} so that it is read back`, () => {
      const store = `local.get $at i32.const ${value} i32x4.splat v128.store`;
      const memory = run(functionOf(store), 32);
      assert.deepEqual(
        [28, 32, 44, 48].map((at) => memory.getInt32(at, true)),
        [0, value, value, 0],
      );
    });
  }

  it('tells variables apart, and the loops of one in another', () => {
    // at[0..3] = rows · columns, counted one by one.
    const source = functionOf(
      `loop $rows
         i32.const 0 local.set $column          ;; each row anew
         loop $columns
           local.get $count i32.const 1 i32.add local.set $count
           local.get $column i32.const 1 i32.add local.tee $column local.get $width i32.lt_s br_if $columns
         end
         local.get $row i32.const 1 i32.add local.tee $row local.get $height i32.lt_s br_if $rows
       end
       local.get $at local.get $count i32x4.splat v128.store`,
      { params: ['at', 'width', 'height'], locals: { i32: ['row', 'column', 'count'], v128: [] } },
    );
    assert.equal(run(source, 16, 300, 7).getInt32(16, true), 2100);
  });

  it('refuses words that it does not know', () => {
    for (const body of ['i64.add', 'local.get $nobody', 'local.get at', 'loop $a br_if $b end']) {
      assert.throws(() => assemble([functionOf(body)]), /internal: run: .* is not what stands there/, body);
    }
  });
});
