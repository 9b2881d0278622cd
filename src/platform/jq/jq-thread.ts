import { Worker } from 'node:worker_threads';
import type { JqOutcome, JqRun, JqWorkerSetup } from './jq-run.ts';

/** A run that is kept from the processor by other programs gets up to this many times its deadline on the clock. */
const STARVED_FACTOR = 8;

/** One worker thread: it starts with the first run, and is stopped when a run has used up its time. */
export class JqThread {
  readonly #worker: Worker;
  readonly #ready: Promise<void>;
  #ended = false;

  constructor(setup: JqWorkerSetup) {
    this.#worker = new Worker(new URL('./jq-worker.ts', import.meta.url), {
      name: 'jq',
      workerData: setup,
      env: {},
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 },
    });
    // The engine prints "Aborted()" when it gives up; nobody needs to read it.
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    this.#ready = new Promise((resolve, reject) => {
      this.#worker.once('message', () => resolve());
      this.#worker.once('error', reject);
      this.#worker.once('exit', (code) => reject(new Error(`the jq thread ended with code ${code}`)));
    });
    this.#ready.catch(() => undefined);
    this.#worker.once('exit', () => (this.#ended = true));
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** One run at a time. Rejects only when the thread cannot start. */
  async run(run: JqRun, deadlineMs: number): Promise<{ outcome: JqOutcome; milliseconds: number }> {
    this.#worker.ref();
    try {
      await this.#ready;
      const began = performance.now();
      const outcome = await this.#answer(run, deadlineMs);
      return { outcome, milliseconds: performance.now() - began };
    } finally {
      this.#worker.unref();
    }
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #answer(run: JqRun, deadlineMs: number): Promise<JqOutcome> {
    const worker = this.#worker;
    return new Promise((resolve) => {
      const cancel = whenTimeIsUp(deadlineMs, () => {
        settle({ kind: 'timeout', report: `the expression took longer than ${deadlineMs} ms`, spent: true });
      });
      const onMessage = (outcome: JqOutcome): void => settle(outcome);
      const onEnd = (): void => settle({ kind: 'aborted', report: 'the expression ended its thread', spent: true });
      const settle = (outcome: JqOutcome): void => {
        cancel();
        worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd);
        resolve(outcome);
      };
      worker.on('message', onMessage).on('error', onEnd).on('exit', onEnd);
      worker.postMessage(run);
    });
  }
}

/** Most runs are over by then: asking for the processor time takes as long as a tenth of one. */
const uncountedMs = 20;

/**
 * Counts the processor time of the whole process, which is at least that of the run: on a busy machine a run is not
 * cut off for what others used.
 */
function whenTimeIsUp(deadlineMs: number, expire: () => void): () => void {
  const started = performance.now();
  let timer = setTimeout(begin, Math.min(uncountedMs, deadlineMs));
  function begin(): void {
    const usage = process.cpuUsage();
    timer = setTimeout(look, deadlineMs, usage);
  }
  function look(usage: NodeJS.CpuUsage): void {
    const used = process.cpuUsage(usage);
    const leftMs = deadlineMs - (used.user + used.system) / 1000;
    if (leftMs < 1 || performance.now() - started >= deadlineMs * STARVED_FACTOR) expire();
    else timer = setTimeout(look, leftMs, usage);
  }
  return () => clearTimeout(timer);
}
