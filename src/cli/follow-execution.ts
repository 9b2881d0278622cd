import type { CliIo } from './cli-io.ts';
import { exitCodes } from './cli-io.ts';
import type { PortalClient } from './portal-client.ts';

export interface ShownExecution {
  readonly id: string;
  readonly application: string;
  readonly number: number;
  readonly status: string;
  readonly createdAt: string;
  readonly pipeline: { readonly name: string };
  readonly stages: readonly {
    readonly refId: string;
    readonly name: string;
    readonly status: string;
    readonly attempt: number;
    readonly error?: string | null;
  }[];
}

const pollMs = 2_000;
const ended: ReadonlySet<string> = new Set(['SUCCEEDED', 'TERMINAL', 'CANCELED']);

export async function readExecution(client: PortalClient, id: string): Promise<ShownExecution> {
  const path = `/api/v1/executions/${encodeURIComponent(id)}`;
  return (await client.call({ doing: `read execution ${id}`, method: 'GET', path }))['execution'] as ShownExecution;
}

export function executionLine({
  id,
  application,
  pipeline,
  number,
  status,
  createdAt,
}: Omit<ShownExecution, 'stages'>): string {
  return `${id}  ${status}  ${application}  ${pipeline.name} #${number}  ${createdAt}`;
}

/** Tells each step of an execution until it has ended; whether it succeeded is the command's exit code. */
export async function followExecution(
  { client, io }: { readonly client: PortalClient; readonly io: CliIo },
  first: ShownExecution,
): Promise<number> {
  const told = new Map<string, string>();
  let shown = first;
  let status = '';
  for (;;) {
    if (shown.status !== status) io.out(executionLine(shown));
    ({ status } = shown);
    for (const stage of shown.stages) {
      const state = `${stage.status} ${stage.attempt}`;
      if (stage.status !== 'NOT_STARTED' && told.get(stage.refId) !== state) io.out(stageLine(stage));
      told.set(stage.refId, state);
    }
    if (ended.has(status) || io.signal.aborted) break;
    await io.sleep(pollMs);
    shown = await readExecution(client, shown.id);
  }
  return status === 'SUCCEEDED' ? exitCodes.done : exitCodes.failed;
}

function stageLine({ name, status, attempt, error }: ShownExecution['stages'][number]): string {
  const again = attempt > 1 ? `  attempt ${attempt}` : '';
  return `  ${name}  ${status}${again}${typeof error === 'string' && error !== '' ? `  ${error}` : ''}`;
}
