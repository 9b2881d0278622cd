import type { StepAction } from './step-action.ts';

/** Sends reminders or reports: reads `INPUT_*`, tells its progress line by line, returns an exit code. */
export type RunSender = (
  env: Readonly<Record<string, string>>,
  io: { readonly log: (line: string) => void; readonly signal: AbortSignal },
) => Promise<number>;

/**
 * The sender action of the guides, carried out by our own sender: the runner hands a container its
 * inputs as `INPUT_<NAME>`. Without `port_base_url` it talks to this Quayside.
 */
export function senderStep(run: RunSender): StepAction {
  return async (inputs, context) => {
    const env: Record<string, string> = { ...context.env, INPUT_PORT_BASE_URL: context.quaysideUrl };
    for (const [name, value] of Object.entries(inputs)) {
      if (value !== '') env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] = value;
    }
    const exitCode = await run(env, { log: context.log, signal: context.signal });
    if (exitCode !== 0) context.log(`Error: the sender ended with exit code ${exitCode}.`);
    return { conclusion: exitCode === 0 ? 'success' : 'failure' };
  };
}
