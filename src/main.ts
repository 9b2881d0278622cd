import { type Program, startProgram } from './app/start.ts';
import { terminalIo } from './cli/cli-io.ts';
import { commandWithoutArguments, runCli } from './cli/run-cli.ts';
import { ConfigProblem, processEnvironment } from './platform/config/load-config.ts';
import { onStopSignal } from './platform/process/stop-signal.ts';

const roles = {
  start: { serve: true, work: true },
  serve: { serve: true, work: false },
  work: { serve: false, work: true },
} as const;

const environment = processEnvironment();
const [command = commandWithoutArguments(environment), ...rest] = process.argv.slice(2);

if (command in roles) await run(roles[command as keyof typeof roles]);
else {
  const stopping = new AbortController();
  onStopSignal({ stop: () => stopping.abort() });
  process.exitCode = await runCli([command, ...rest], terminalIo(environment, stopping.signal));
}

async function stop(program: Program): Promise<void> {
  await program.stop();
  process.exit();
}

async function run(chosen: (typeof roles)[keyof typeof roles]): Promise<void> {
  try {
    const program = await startProgram({
      environment,
      roles: chosen,
      say: (line) => process.stdout.write(`${line}\n`),
    });
    onStopSignal({ stop: () => void stop(program) });
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}
