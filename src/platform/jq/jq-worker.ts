import { parentPort, workerData } from 'node:worker_threads';
import { loadJq, type Jq, type JqLoadOptions } from 'jq-wasm';
import { deeperThan } from './json-depth.ts';
import type { JqOutcome, JqRun, JqWorkerSetup } from './jq-run.ts';

/**
 * Runs one program at a time, for as long as it takes: whoever started the thread ends it when time is up.
 * The heap is bounded below the build's own 256 MB by refusing to grow it, and a thread whose heap has grown large is
 * given up, since WebAssembly memory never shrinks.
 */
const setup = workerData as JqWorkerSetup;
const port = parentPort;
if (!port) throw new Error('jq-worker runs in a worker thread');

let heap: WebAssembly.Memory | undefined;
const jq = await loadJq({ instantiateWasm: instantiate });
port.on('message', (run: JqRun) => port.postMessage(runJq(jq, run)));
port.postMessage('ready');

function instantiate(...[imports, onSuccess]: Parameters<NonNullable<JqLoadOptions['instantiateWasm']>>): void {
  const bounded = Object.fromEntries(
    Object.entries(imports).map(([module, functions]) => [
      module,
      Object.fromEntries(Object.entries(functions).map(([name, value]) => [name, boundGrowth(value)])),
    ]),
  );
  const instance = new WebAssembly.Instance(setup.module, bounded);
  heap = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
  onSuccess(instance, setup.module);
}

function boundGrowth(imported: WebAssembly.ImportValue): WebAssembly.ImportValue {
  if (typeof imported !== 'function' || imported.name !== '_emscripten_resize_heap') return imported;
  return (bytes: number) => (bytes >>> 0 > setup.maxHeapBytes ? 0 : imported(bytes));
}

function runJq(engine: Jq, run: JqRun): JqOutcome {
  try {
    const { stdout, stderr, exitCode } = engine.raw(run.document, run.program, ['-c']);
    // Other exits than "done", "did not compile" and "failed" are not expected, so the thread is not trusted further.
    const spent = (heap?.buffer.byteLength ?? 0) > setup.spentHeapBytes || ![0, 3, 5].includes(exitCode);
    if (exitCode !== 0) return { kind: exitCode === 3 ? 'compile' : 'failed', report: stderr.slice(0, 4000), spent };
    if (Buffer.byteLength(stdout) > setup.maxOutputBytes) {
      return { kind: 'too-large', report: `the result is larger than ${setup.maxOutputBytes} bytes`, spent };
    }
    if (deeperThan(stdout, setup.maxOutputDepth)) {
      return { kind: 'too-large', report: 'the result is nested too deeply', spent };
    }
    return { kind: 'done', output: stdout, spent };
  } catch {
    return { kind: 'aborted', report: 'the expression needs more memory than it may use', spent: true };
  }
}
