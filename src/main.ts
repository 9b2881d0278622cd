import { flushCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { commandWithoutArguments } from './cli/default-command.ts';
import { ConfigProblem, processEnvironment } from './platform/config/load-config.ts';
import { Problem } from './platform/problem.ts';
import { onceAtRest } from './platform/process/once-at-rest.ts';
import { onStopSignal } from './platform/process/stop-signal.ts';

const roles = {
  start: { serve: true, work: true },
  serve: { serve: true, work: false },
  work: { serve: false, work: true },
} as const;

/** So long at rest after a start, memory that only the start needed is given back. */
const restMs = 2_000;
/** A database that ends this soon after a start counts as one that cannot be kept up. */
const shortLifeMs = 30_000;

const environment = processEnvironment();
const [command = commandWithoutArguments(environment), ...rest] = process.argv.slice(2);

if (command === 'reset-password') process.exitCode = await resetPassword(rest);
else if (command in roles) await run(roles[command as keyof typeof roles]);
else process.exitCode = await runCommand([command, ...rest]);

/** What a server does not need is loaded by who asks for it. */
async function runCommand(args: readonly string[]): Promise<number> {
  const stopping = new AbortController();
  onStopSignal({ stop: () => stopping.abort() });
  const [{ runCli }, { terminalIo }] = await Promise.all([import('./cli/run-cli.ts'), import('./cli/cli-io.ts')]);
  return runCli(args, terminalIo(environment, stopping.signal));
}

async function run(chosen: (typeof roles)[keyof typeof roles]): Promise<void> {
  try {
    await keepRunning(chosen);
  } catch (error) {
    // Both say what to do; where in our code they came from would only hide it.
    const isMistake = error instanceof ConfigProblem;
    if (!isMistake && !(error instanceof Problem)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(isMistake ? 2 : 1);
  }
}

async function resetPassword([email, ...more]: readonly string[]): Promise<number> {
  if (email === undefined || more.length > 0) {
    process.stderr.write('Say whose: quayside reset-password <email>\n');
    return 2;
  }
  try {
    const { resetPasswordOf } = await import('./app/reset-password.ts');
    const password = await resetPasswordOf(email, environment);
    process.stdout.write(`The new password of ${email}, shown once: ${password}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigProblem) && !(error instanceof Problem)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

/** Starts the program, and starts it again when its database was killed: what was acknowledged is on the disk. */
async function keepRunning(chosen: (typeof roles)[keyof typeof roles]): Promise<void> {
  const { startProgram } = await import('./app/start.ts');
  const say = (line: string): unknown => process.stdout.write(`${line}\n`);
  let program = await startProgram({ environment, roles: chosen, say });
  onceAtRest(settleDown, restMs);
  // The address that people know stays the same.
  const fixed = { ...environment, QUAYSIDE_PORT: new URL(program.address).port };
  let stopping = false;
  onStopSignal({
    stop: () => {
      stopping = true;
      void program.stop().finally(() => process.exit());
    },
  });
  for (let shortLives = 0; ;) {
    const begun = performance.now();
    await program.databaseLost;
    if (stopping) return;
    shortLives = performance.now() - begun < shortLifeMs ? shortLives + 1 : 0;
    if (shortLives > 3) throw new Error('The embedded database ends again and again; its server.log may tell why.');
    say('The embedded database has ended unexpectedly. Starting again.');
    await program.stop().catch(() => undefined);
    program = await startProgram({ environment: fixed, roles: chosen, say });
  }
}

/** What the start compiled is kept for the next one, before its memory is released together with other garbage. */
function settleDown(): void {
  flushCompileCache();
  releaseStartMemory();
}

/** Loading grows the heap by some 80 MB that V8 keeps until memory is short; this pause of some tenths of a second ends that. */
function releaseStartMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: object) => void;
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
