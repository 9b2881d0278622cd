import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { problem, type Problem } from '../problem.ts';
import type { JqOutcome, JqRun, JqWorkerSetup } from './jq-run.ts';
import { JqThread } from './jq-thread.ts';
import { takeJoined, type WaitingRun } from './join-runs.ts';
import { createQuickPrograms } from './quick-programs.ts';

export interface JqThreadsSettings extends Omit<JqWorkerSetup, 'module'> {
  readonly size: number;
  readonly maxWaiting: number;
  /** A thread without work for this long is ended; the first run after it starts a new one. */
  readonly idleMs: number;
}

/** Threads started when there is work and ended when there is none, in front of them a bounded line of runs. */
export class JqThreads {
  readonly #settings: JqThreadsSettings;
  readonly #waiting: WaitingRun[] = [];
  readonly #threads = new Set<JqThread>();
  readonly #quick = createQuickPrograms();
  readonly #idle: { readonly thread: JqThread; readonly timer: NodeJS.Timeout }[] = [];
  #starting = 0;
  #module: Promise<WebAssembly.Module> | undefined;
  #closed = false;
  #dispatching = false;

  constructor(settings: JqThreadsSettings) {
    this.#settings = settings;
  }

  /** Throws `unavailable` when the line is full or the pool is closed: that says nothing about the program. */
  run(run: JqRun, deadlineMs: number): Promise<JqOutcome> {
    if (this.#closed) return Promise.reject(closing());
    if (this.#waiting.length >= this.#settings.maxWaiting) {
      return Promise.reject(
        problem(
          'unavailable',
          'jq_overloaded',
          'Too many expressions are waiting to be evaluated. Try again in a moment.',
        ),
      );
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ run, deadlineMs, resolve, reject });
      this.#dispatchSoon();
    });
  }

  stats(): { readonly threads: number; readonly waiting: number } {
    return { threads: this.#threads.size, waiting: this.#waiting.length };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { reject } of this.#waiting.splice(0)) reject(closing());
    for (const { timer } of this.#idle.splice(0)) clearTimeout(timer);
    await Promise.all([...this.#threads].map((thread) => this.#end(thread)));
  }

  /** What is asked for in one turn of the event loop may have the same program. */
  #dispatchSoon(): void {
    if (this.#dispatching) return;
    this.#dispatching = true;
    setImmediate(() => {
      this.#dispatching = false;
      this.#dispatch();
    });
  }

  #take(): WaitingRun | undefined {
    return takeJoined(this.#waiting, {
      isQuick: this.#quick.isQuick,
      again: (runs) => {
        this.#waiting.unshift(...runs);
        this.#dispatchSoon();
      },
    });
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const resting = this.#idle.pop();
      if (resting) {
        clearTimeout(resting.timer);
        if (resting.thread.ended) void this.#end(resting.thread);
        else void this.#serve(resting.thread);
      } else if (this.#threads.size + this.#starting < this.#settings.size) {
        void this.#serveOnNewThread();
      } else {
        return;
      }
    }
  }

  async #serveOnNewThread(): Promise<void> {
    const waiting = this.#take();
    if (!waiting) return;
    this.#starting += 1;
    try {
      const module = await (this.#module ??= compileJq());
      if (this.#closed) throw closing();
      const thread = new JqThread({ ...this.#settings, module });
      this.#threads.add(thread);
      void this.#serve(thread, waiting);
    } catch (error) {
      this.#module = undefined;
      waiting.reject(error);
    } finally {
      this.#starting -= 1;
    }
  }

  async #serve(thread: JqThread, waiting = this.#take()): Promise<void> {
    if (!waiting) return;
    let keep = false;
    try {
      const { outcome, milliseconds } = await thread.run(waiting.run, waiting.deadlineMs);
      this.#quick.note(waiting.run, outcome, milliseconds);
      keep = !outcome.spent;
      if (this.#closed) waiting.reject(closing());
      else waiting.resolve(outcome);
    } catch (cause) {
      waiting.reject(new Error('the jq engine does not start', { cause }));
    }
    if (keep && !this.#closed) this.#rest(thread);
    else await this.#end(thread);
    this.#dispatch();
  }

  #rest(thread: JqThread): void {
    const timer = setTimeout(() => {
      this.#idle.splice(
        this.#idle.findIndex((resting) => resting.thread === thread),
        1,
      );
      void this.#end(thread);
    }, this.#settings.idleMs);
    timer.unref();
    this.#idle.push({ thread, timer });
  }

  async #end(thread: JqThread): Promise<void> {
    this.#threads.delete(thread);
    await thread.stop();
  }
}

function closing(): Problem {
  return problem('unavailable', 'jq_closed', 'Quayside is stopping; expressions are no longer evaluated.');
}

/** Compiled once and handed to every thread, so that a replaced thread starts with code that is already optimised. */
async function compileJq(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(createRequire(import.meta.url).resolve('jq-wasm/jq.wasm')));
}
