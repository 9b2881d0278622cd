/** What travels between the pool and its threads. */
export interface JqRun {
  readonly program: string;
  /** One JSON document. */
  readonly document: string;
  /** How many inputs it is a list of, where each is answered by one row: such runs may be joined. */
  readonly rows?: number;
  /** What the program is made of, where it may be joined with others. */
  readonly expressions?: readonly string[];
  /** The programs that were joined into this one. */
  readonly joins?: readonly string[];
}

export interface JqWorkerSetup {
  readonly module: WebAssembly.Module;
  readonly maxOutputBytes: number;
  readonly maxOutputDepth: number;
  readonly maxHeapBytes: number;
  /** Above this heap a thread is replaced after the run. */
  readonly spentHeapBytes: number;
}

/** `spent`: the thread must not be used again. */
export type JqOutcome =
  | { readonly kind: 'done'; readonly output: string; readonly spent: boolean }
  | {
      readonly kind: 'compile' | 'failed' | 'too-large' | 'aborted' | 'timeout';
      readonly report: string;
      readonly spent: boolean;
    };
