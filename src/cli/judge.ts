import { problem } from '#platform/problem.ts';
import { type CliIo, exitCodes } from './cli-io.ts';
import { createPortalClient, type PortalClient } from './portal-client.ts';
import { type PortalCommand, readPortalCommand } from './portal-command.ts';
import { portalFlagsHelp } from './portal-settings.ts';

export const judgeHelpText = `quayside judge <execution> --continue | --stop

Judges a stage of a pipeline that waits for a manual judgment. quayside judge --waiting lists
the executions that wait for one.

  --stage NAME           its name, reference or id; needed when several stages wait
  --input TEXT           one of the stage's judgment inputs
  --comment TEXT         why
  --waiting              list what waits, judge nothing
${portalFlagsHelp}`;

const options = {
  continue: { type: 'boolean' },
  stop: { type: 'boolean' },
  waiting: { type: 'boolean' },
  stage: { type: 'string' },
  input: { type: 'string' },
  comment: { type: 'string' },
} as const;

interface WaitingStage {
  readonly id: string;
  readonly refId: string;
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly attempt: number;
}

interface ShownExecution {
  readonly id: string;
  readonly application: string;
  readonly number: number;
  readonly status: string;
  readonly pipeline: { readonly name: string };
  readonly stages: readonly WaitingStage[];
}

/** `quayside judge`: what a person does with the buttons of a card, by whom the credentials belong to. */
export async function judge(args: readonly string[], io: CliIo): Promise<number> {
  const read = readPortalCommand(args, io.env, options);
  if ('helpWanted' in read) {
    io.out(judgeHelpText);
    return exitCodes.done;
  }
  const mistakes = 'mistakes' in read ? read.mistakes : mistakesOf(read);
  if ('mistakes' in read || mistakes.length > 0) {
    for (const mistake of mistakes) io.error(mistake);
    return exitCodes.misused;
  }
  const portal = createPortalClient(read.portal.server, read.portal.credentials);
  if (read.flags['waiting'] === true) return listWaiting(portal, io);
  return judgeOne(portal, read, io);
}

function mistakesOf({ flags, words }: PortalCommand): readonly string[] {
  if (flags['waiting'] === true) return words.length === 0 ? [] : ['--waiting takes no execution.'];
  return [
    ...(words.length === 1 ? [] : ['Name one execution; quayside judge --waiting lists them.']),
    ...((flags['continue'] === true) === (flags['stop'] === true) ? ['Say either --continue or --stop.'] : []),
  ];
}

async function listWaiting(portal: PortalClient, io: CliIo): Promise<number> {
  let after = '';
  let found = 0;
  do {
    const answer = await portal.call({
      doing: 'list what waits',
      method: 'GET',
      path: `/api/v1/executions?awaiting=true&limit=100${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
    });
    for (const execution of answer['executions'] as readonly ShownExecution[]) {
      const names = execution.stages.filter(isWaiting).map(({ name }) => name);
      io.out(
        `${execution.id}  ${execution.application}  ${execution.pipeline.name} #${execution.number}  ${names.join(', ')}`,
      );
      found += 1;
    }
    after = typeof answer['next'] === 'string' ? answer['next'] : '';
  } while (after !== '');
  if (found === 0) io.out('Nothing waits for a judgment.');
  return exitCodes.done;
}

function isWaiting({ type, status }: WaitingStage): boolean {
  return type === 'manualJudgment' && status === 'RUNNING';
}

async function judgeOne(portal: PortalClient, { flags, words }: PortalCommand, io: CliIo): Promise<number> {
  const [id = ''] = words;
  const path = `/api/v1/executions/${encodeURIComponent(id)}`;
  const answer = await portal.call({ doing: `read execution ${id}`, method: 'GET', path });
  const execution = answer['execution'] as ShownExecution;
  const stage = chosenStage(execution, flags['stage']);
  const verdict = flags['continue'] === true ? 'continue' : 'stop';
  const judged = await portal.call({
    doing: `judge stage ${stage.name}`,
    method: 'POST',
    path: `${path}/stages/${encodeURIComponent(stage.id)}/judgment`,
    body: {
      verdict,
      attempt: stage.attempt,
      through: 'cli',
      ...(typeof flags['input'] === 'string' ? { input: flags['input'] } : {}),
      ...(typeof flags['comment'] === 'string' ? { comment: flags['comment'] } : {}),
    },
  });
  const { status, stages } = judged['execution'] as ShownExecution;
  if (stages.some(({ id: judgedId, status: now }) => judgedId === stage.id && now === 'RUNNING')) {
    io.out(
      `Your word counts; stage ${stage.name} of ${execution.pipeline.name} #${execution.number} waits for others.`,
    );
    return exitCodes.done;
  }
  const done = verdict === 'continue' ? 'continues' : 'stops';
  io.out(`Stage ${stage.name} ${done}; ${execution.pipeline.name} #${execution.number} is ${status}.`);
  return exitCodes.done;
}

function chosenStage({ id, stages }: ShownExecution, wanted: unknown): WaitingStage {
  const waiting = stages.filter(isWaiting);
  const chosen =
    typeof wanted === 'string'
      ? waiting.filter((stage) => [stage.id, stage.refId, stage.name].includes(wanted))
      : waiting;
  const [stage] = chosen;
  if (stage !== undefined && chosen.length === 1) return stage;
  const names = waiting.map(({ name }) => name).join(', ');
  const told = names === '' ? `Execution ${id} awaits no judgment.` : `Name one stage with --stage. Waiting: ${names}.`;
  throw problem('conflict', 'no_judgment_awaited', told);
}
