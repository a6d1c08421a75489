/** The part of the WebAssembly interface in use: Node has it, but its types come with those of browsers only. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module);
    readonly exports: unknown;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
    /** @param pages Of 65,536 bytes. @returns how many there were. */
    grow(pages: number): number;
  }
}
