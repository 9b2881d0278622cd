/**
 * Runs on whatever Node a machine has (18 and later), so plain JavaScript without imports from node_modules.
 *
 * It makes a fresh clone runnable: installs the locked dependencies when they are missing or stale, then goes on
 * under Node 24. If this process already is Node 24 it goes on right here; otherwise the same script is started again
 * under the Node 24 that npm installed (Node cannot replace itself, so this process stays as a thin parent).
 *
 * Parent and child: SIGINT, SIGTERM and SIGHUP are passed on, the child's exit code is ours. The child holds an IPC
 * channel to the parent; when the parent is gone, even by SIGKILL, the channel closes and the child gets a SIGTERM.
 */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, lstatSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED_NODE = 24;
/** @type {NodeJS.Signals[]} */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** npm and the terminal both deliver one Ctrl-C; what follows within this time is the same key press. */
const SAME_SIGNAL_MS = 1000;

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * @param {string} script absolute path of the calling script, started again under Node 24 if need be
 * @param {() => Promise<void>} run what to do under Node 24
 */
export async function launch(script, run) {
  try {
    ensureInstalled(root);
    if (majorOf(process.versions.node) < WANTED_NODE) {
      return end(await runUnder(carriedNode(root), [script, ...process.argv.slice(2)]));
    }
  } catch (error) {
    console.error(`quayside: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
  stopWithParent();
  await run();
}

/**
 * True when node_modules holds what package-lock.json says; npm writes the inner lockfile last.
 * @param {string} folder
 */
export function isInstalled(folder) {
  const locked = readPackages(join(folder, 'package-lock.json'));
  const present = readPackages(join(folder, 'node_modules', '.package-lock.json'));
  if (locked === undefined || present === undefined) return locked === undefined;
  return Object.entries(locked).every(([path, wanted]) => {
    if (path === '') return true;
    const found = present[path];
    if (found === undefined) return wanted.optional === true || wanted.devOptional === true;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/**
 * Package names that may carry Node 24 for a machine, best first.
 * @param {string} platform
 * @param {string} arch
 */
export function nodePackages(platform, arch) {
  return [`node-${platform}-${arch}`, `node-bin-${platform}-${arch}`];
}

/** @param {string} folder */
function ensureInstalled(folder) {
  const modules = join(folder, 'node_modules');
  // A linked node_modules belongs to another checkout: installing would empty it under that checkout's feet.
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) return;
  if (isInstalled(folder)) return;
  console.error('Installing dependencies, this takes a moment …');
  npmCi(folder, process.execPath);
  if (npmSkipsNativeParts(process.versions.node)) installAgainUnderNode24(folder);
}

/**
 * npm leaves out optional packages whose `engines` exclude the running Node, and the native halves of the build
 * tools are such packages. So an older Node only fetches Node 24, which then installs everything.
 * @param {string} folder
 */
function installAgainUnderNode24(folder) {
  const scratch = mkdtempSync(join(tmpdir(), 'quayside-node-'));
  try {
    const node = join(scratch, 'node');
    copyFileSync(carriedNode(folder), node);
    npmCi(folder, node);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @param {string} version of the Node that runs npm */
export function npmSkipsNativeParts(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 20 || (major === 20 && minor < 19) || major === 21 || (major === 22 && minor < 13);
}

/**
 * @param {string} folder
 * @param {string} node the Node to run npm with
 */
function npmCi(folder, node) {
  const cli = npmScript();
  const [command, first] = cli === undefined ? ['npm', []] : [node, [cli]];
  const what = ['ci', '--ignore-scripts', '--include=dev', '--include=optional'];
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--no-update-notifier', '--loglevel=error'];
  const result = spawnSync(command, [...first, ...what, ...quiet], {
    cwd: folder,
    env: { ...process.env, PATH: `${dirname(node)}:${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (result.status === 0) return;
  throw new Error(
    `"npm ci" failed in ${folder}${result.error ? ` (${result.error.message})` : ''}. ` +
      'Check that npm is installed, that its registry can be reached and that this folder is writable.',
  );
}

/** The JavaScript behind the `npm` command, so that a Node of our choice can run it; version managers hide it. */
function npmScript() {
  const folders = [dirname(process.execPath), ...(process.env['PATH'] ?? '').split(':')];
  const installed = folders.map((folder) => join(folder, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'));
  return [process.env['npm_execpath'] ?? '', ...installed].find(
    (file) => file.endsWith('npm-cli.js') && existsSync(file),
  );
}

/** @param {string} folder */
function carriedNode(folder) {
  const names = nodePackages(process.platform, process.arch);
  const found = names.map((name) => join(folder, 'node_modules', name, 'bin', 'node')).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new Error(
    `Node ${WANTED_NODE} or later is needed, this is ${process.version}, and npm carries none for ` +
      `${process.platform} ${process.arch}. Install Node ${WANTED_NODE} and run the same command again.`,
  );
}

/**
 * Runs a program to its end with our terminal, signals and environment.
 * @param {string} node
 * @param {string[]} args
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>}
 */
export function runUnder(node, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...args], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    const stopForwarding = forwardSignals(child);
    child.once('error', (error) => {
      stopForwarding();
      reject(new Error(`cannot run ${node}: ${error.message}`));
    });
    child.once('exit', (code, signal) => {
      stopForwarding();
      resolve({ code, signal });
    });
  });
}

/** @param {import('node:child_process').ChildProcess} child */
function forwardSignals(child) {
  /** @type {Map<NodeJS.Signals, number>} */
  const last = new Map();
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    const now = performance.now();
    if (now - (last.get(signal) ?? -Infinity) < SAME_SIGNAL_MS) return;
    last.set(signal, now);
    child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  return () => {
    for (const signal of FORWARDED) process.removeListener(signal, forward);
  };
}

/**
 * Ends as the child ended, with a shell's code for a signal.
 * @param {{ code: number | null, signal: NodeJS.Signals | null }} ended
 */
export function end({ code, signal }) {
  process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
}

function stopWithParent() {
  if (process.channel === undefined) return;
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // Listening alone must not keep a finished program alive.
  process.channel.unref();
}

/** @param {string} version */
function majorOf(version) {
  return Number(version.split('.')[0]);
}

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean }} LockedPackage
 * @param {string} file
 * @returns {Record<string, LockedPackage> | undefined}
 */
function readPackages(file) {
  try {
    const lockfile = /** @type {{ packages?: Record<string, LockedPackage> }} */ (
      JSON.parse(readFileSync(file, 'utf8'))
    );
    return lockfile.packages ?? {};
  } catch {
    return undefined;
  }
}
