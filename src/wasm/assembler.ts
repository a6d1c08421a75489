/** A function in WebAssembly's text format, its body flat (no folded instructions). */
export interface WasmFunction {
  readonly name: string;
  /** Names of its parameters, all i32, without `$`. */
  readonly params: readonly string[];
  /** Names of its other variables, without `$`. */
  readonly locals: { readonly i32: readonly string[]; readonly v128: readonly string[] };
  /** Instructions and their operands between blanks; `;;` starts a comment that ends with the line. */
  readonly body: string;
}

/** What follows an instruction's name: nothing, a name of a variable or block, a number. */
type Operand = 'none' | 'local' | 'label' | 'block' | 'number' | 'memory' | 'memory lane';

const SIMD = 0xfd;
const I32 = 0x7f;
const V128 = 0x7b;
const EMPTY = 0x40;

/** The instructions in use: their bytes and what follows. Source: the WebAssembly 2.0 specification, section 5.4. */
const INSTRUCTIONS: Readonly<Record<string, readonly [code: readonly number[], operand: Operand]>> = {
  loop: [[0x03, EMPTY], 'block'],
  end: [[0x0b], 'none'],
  br_if: [[0x0d], 'label'],
  select: [[0x1b], 'none'],
  'local.get': [[0x20], 'local'],
  'local.set': [[0x21], 'local'],
  'local.tee': [[0x22], 'local'],
  'i32.load': [[0x28], 'memory'],
  'i32.const': [[0x41], 'number'],
  'i32.lt_s': [[0x48], 'none'],
  'i32.lt_u': [[0x49], 'none'],
  'i32.gt_s': [[0x4a], 'none'],
  'i32.add': [[0x6a], 'none'],
  'i32.sub': [[0x6b], 'none'],
  'v128.load': [[SIMD, 0x00], 'memory'],
  'v128.load32_splat': [[SIMD, 0x09], 'memory'],
  'v128.load64_splat': [[SIMD, 0x0a], 'memory'],
  'v128.load32_zero': [[SIMD, 0x5c], 'memory'],
  'v128.store': [[SIMD, 0x0b], 'memory'],
  'v128.store32_lane': [[SIMD, 0x5a], 'memory lane'],
  'i32x4.splat': [[SIMD, 0x11], 'none'],
  'i8x16.narrow_i16x8_u': [[SIMD, 0x66], 'none'],
  'i16x8.narrow_i32x4_s': [[SIMD, 0x85, 0x01], 'none'],
  'i16x8.extend_low_i8x16_u': [[SIMD, 0x89, 0x01], 'none'],
  'i16x8.extend_high_i8x16_u': [[SIMD, 0x8a, 0x01], 'none'],
  'i32x4.extend_low_i16x8_u': [[SIMD, 0xa9, 0x01], 'none'],
  'i32x4.extend_high_i16x8_u': [[SIMD, 0xaa, 0x01], 'none'],
  'i32x4.shr_s': [[SIMD, 0xac, 0x01], 'none'],
  'i32x4.add': [[SIMD, 0xae, 0x01], 'none'],
  'i32x4.mul': [[SIMD, 0xb5, 0x01], 'none'],
  'f64x2.abs': [[SIMD, 0xec, 0x01], 'none'],
  'f64x2.add': [[SIMD, 0xf0, 0x01], 'none'],
  'f64x2.sub': [[SIMD, 0xf1, 0x01], 'none'],
  'f64x2.mul': [[SIMD, 0xf2, 0x01], 'none'],
  'f64x2.max': [[SIMD, 0xf5, 0x01], 'none'],
};

/** LEB128 of a signed number: seven bits a byte, the low ones first; the last byte's bit 6 is the sign. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    const last = rest >= -64 && rest < 64;
    bytes.push((rest & 0x7f) | (last ? 0 : 0x80));
    if (last) return bytes;
  }
}

/** LEB128 of a number from 0 on. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
const vector = (items: readonly (readonly number[])[]): number[] => [
  ...unsigned(items.length),
  ...items.flat(),
];
const text = (name: string): number[] => sized([...Buffer.from(name)]);

function assembleBody({ name, params, locals, body }: WasmFunction): number[] {
  const variables = [...params, ...locals.i32, ...locals.v128];
  const blocks: string[] = [];
  const words = body.replaceAll(/;;.*/g, '').split(/\s+/).filter(Boolean);
  const bad = (word: string | undefined) => new Error(`internal: ${name}: ${word} is not what stands there`);
  const indexOf = (list: readonly string[], word: string | undefined): number => {
    const index = word?.startsWith('$') ? list.indexOf(word.slice(1)) : -1;
    if (index < 0) throw bad(word);
    return index;
  };
  const code: number[] = [];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const instruction = INSTRUCTIONS[word];
    if (instruction === undefined) throw bad(word);
    const [bytes, operand] = instruction;
    code.push(...bytes);
    if (word === 'end') blocks.shift();
    if (operand === 'local') code.push(...unsigned(indexOf(variables, words.shift())));
    // Blocks are counted from the innermost.
    if (operand === 'label') code.push(...unsigned(indexOf(blocks, words.shift())));
    if (operand === 'block') blocks.unshift(words.shift()?.slice(1) ?? '');
    if (operand === 'number') code.push(...signed(Number(words.shift())));
    // Alignment is a hint, 2⁰ says nothing; an offset may follow.
    if (operand === 'memory' || operand === 'memory lane') {
      const offset = words[0]?.startsWith('offset=') ? Number(words.shift()?.slice(7)) : 0;
      code.push(0, ...unsigned(offset));
    }
    if (operand === 'memory lane') code.push(Number(words.shift()));
  }
  const declared = vector([
    [...unsigned(locals.i32.length), I32],
    [...unsigned(locals.v128.length), V128],
  ]);
  return sized([...declared, ...code, 0x0b]);
}

/**
 * Makes a WebAssembly module of functions without results. It exports them and its memory, `memory`.
 * @throws {Error} An instruction or a name that is not known.
 */
export function assemble(functions: readonly WasmFunction[]): WebAssembly.Module {
  const section = (id: number, items: readonly (readonly number[])[]) => [id, ...sized(vector(items))];
  const bytes = Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      1,
      functions.map(({ params }) => [0x60, ...vector(params.map(() => [I32])), 0]),
    ),
    ...section(
      3,
      functions.map((_, type) => unsigned(type)),
    ),
    ...section(5, [[0, 1]]),
    ...section(7, [
      [...text('memory'), 2, 0],
      ...functions.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]),
    ]),
    ...section(10, functions.map(assembleBody)),
  ]);
  return new WebAssembly.Module(bytes);
}
