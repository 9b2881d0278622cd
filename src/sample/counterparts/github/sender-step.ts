import { setTimeout as wait } from 'node:timers/promises';
import type { StepAction } from './step-action.ts';

/** `quayside send`: reads `INPUT_*`, tells its progress line by line, returns an exit code. */
export type RunSender = (io: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (line: string) => void;
  readonly error: (line: string) => void;
  readonly signal: AbortSignal;
  readonly sleep: (milliseconds: number) => Promise<void>;
}) => Promise<number>;

/**
 * The sender action of the guides, carried out by our own sender: the runner hands a container its
 * inputs as `INPUT_<NAME>`. Without `port_base_url` it talks to this Quayside.
 */
export function senderStep(send: RunSender): StepAction {
  return async (inputs, { env: surroundings, quaysideUrl, log, signal }) => {
    const env: Record<string, string> = { ...surroundings, INPUT_PORT_BASE_URL: quaysideUrl };
    for (const [name, value] of Object.entries(inputs)) {
      if (value !== '') env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] = value;
    }
    const exitCode = await send({
      env,
      signal,
      out: log,
      error: (line) => log(`Error: ${line}`),
      sleep: (milliseconds) => wait(milliseconds, undefined, { signal }),
    });
    return { conclusion: exitCode === 0 ? 'success' : 'failure' };
  };
}
