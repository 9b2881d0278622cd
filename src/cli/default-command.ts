import type { CliIo } from './cli-io.ts';

/**
 * What to run when a container was started without a command: pipelines that ran Port's sender give only its
 * variables, everybody else expects the server.
 */
export function commandWithoutArguments(env: CliIo['env']): 'send' | 'start' {
  return (env['INPUT_OPERATION_KIND'] ?? '').trim() === '' ? 'start' : 'send';
}
