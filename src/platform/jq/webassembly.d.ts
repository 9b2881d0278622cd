/** The part of WebAssembly used here; TypeScript declares it only together with the browser's whole DOM. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: 'WebAssembly.Module';
  }
  type ImportValue = ((...values: number[]) => unknown) | Memory | number;
  type Imports = Record<string, Record<string, ImportValue>>;
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  const Memory: abstract new () => Memory;
  class Instance {
    constructor(module: Module, imports: Imports);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
}
