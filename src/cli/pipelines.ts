import { readFile } from 'node:fs/promises';
import { problem } from '#platform/problem.ts';
import { type CliIo, exitCodes } from './cli-io.ts';
import { createPortalClient, type PortalCall, type PortalClient } from './portal-client.ts';
import { executionLine, followExecution, readExecution, type ShownExecution } from './follow-execution.ts';
import { type PortalCommand, readPortalCommand } from './portal-command.ts';
import { portalFlagsHelp } from './portal-settings.ts';

export const pipelinesHelpText = `quayside pipelines <verb>

  list                          pipelines; --application narrows
  get <pipeline>                a pipeline as JSON
  save --file FILE              save a pipeline by its application and name
  delete <pipeline>
  start <pipeline>              -p name=value gives parameters; --wait follows it
  executions                    the latest; --pipeline, --status and --limit narrow
  execution <id>                an execution as JSON
  follow <id>                   tells each step until it has ended; fails when it did not succeed
  cancel <id>                   --reason tells why
  pause <id>, resume <id>
  restart <id> --stage STAGE    a stage and everything after it

A pipeline is named by its id, or by its name with --application. quayside judge judges.

  --application NAME
  -p, --parameter NAME=VALUE
  --pipeline ID, --status STATUS, --limit NUMBER, --stage STAGE, --reason TEXT, --file FILE, --wait
${portalFlagsHelp}`;

const text = { type: 'string' } as const;
const options = {
  application: text,
  parameter: { type: 'string', short: 'p', multiple: true },
  pipeline: text,
  status: text,
  limit: text,
  stage: text,
  reason: text,
  file: text,
  wait: { type: 'boolean' },
} as const;

interface Asked extends PortalCommand {
  readonly client: PortalClient;
  readonly io: CliIo;
  /** What the verb is about. */
  readonly about: string;
}

type Verb = { readonly needs?: 'pipeline' | 'execution'; readonly run: (asked: Asked) => Promise<number> };

const verbs: Readonly<Record<string, Verb>> = {
  list: { run: list },
  get: { needs: 'pipeline', run: async (asked) => printed(asked, await findPipeline(asked)) },
  save: { run: save },
  delete: { needs: 'pipeline', run: remove },
  start: { needs: 'pipeline', run: start },
  executions: { run: executions },
  execution: {
    needs: 'execution',
    run: async (asked) => printed(asked, await readExecution(asked.client, asked.about)),
  },
  follow: {
    needs: 'execution',
    run: async (asked) => followExecution(asked, await readExecution(asked.client, asked.about)),
  },
  cancel: { needs: 'execution', run: async (asked) => control(asked, 'cancel') },
  pause: { needs: 'execution', run: async (asked) => control(asked, 'pause') },
  resume: { needs: 'execution', run: async (asked) => control(asked, 'resume') },
  restart: { needs: 'execution', run: restart },
};

interface Pipeline {
  readonly id: string;
  readonly application: string;
  readonly name: string;
  readonly document: object;
}

/** `quayside pipelines`: pipelines and their executions from a terminal or another pipeline. */
export async function pipelines(args: readonly string[], io: CliIo): Promise<number> {
  const read = readPortalCommand(args, io.env, options);
  if ('helpWanted' in read) {
    io.out(pipelinesHelpText);
    return exitCodes.done;
  }
  if ('mistakes' in read) return misused(io, read.mistakes);
  const [name = '', about = '', ...more] = read.words;
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb === undefined) return misused(io, [`There is no verb "${name}". quayside pipelines --help lists them.`]);
  if ((verb.needs === undefined) !== (about === '') || more.length > 0) {
    return misused(io, [verb.needs === undefined ? `${name} takes no names.` : `Name one ${verb.needs}.`]);
  }
  const client = createPortalClient(read.portal.server, read.portal.credentials);
  return verb.run({ ...read, client, io, about });
}

function misused(io: CliIo, mistakes: readonly string[]): number {
  for (const mistake of mistakes) io.error(mistake);
  return exitCodes.misused;
}

function flag({ flags }: PortalCommand, name: string): string {
  const value = flags[name];
  return typeof value === 'string' ? value : '';
}

function printed({ io }: Asked, document: unknown): number {
  io.out(JSON.stringify(document, null, 2));
  return exitCodes.done;
}

function query(values: Readonly<Record<string, string>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

async function* pages<Item>(
  client: PortalClient,
  call: { doing: string; path: string; key: string },
  narrow: Readonly<Record<string, string>>,
): AsyncGenerator<Item> {
  let after = '';
  do {
    const answer = await client.call({
      doing: call.doing,
      method: 'GET',
      path: `${call.path}${query({ ...narrow, after })}`,
    });
    yield* answer[call.key] as readonly Item[];
    after = typeof answer['next'] === 'string' ? answer['next'] : '';
  } while (after !== '');
}

const listing = { doing: 'list pipelines', path: '/api/v1/pipelines', key: 'pipelines' };

async function list(asked: Asked): Promise<number> {
  for await (const each of pages<Pipeline>(asked.client, listing, { application: flag(asked, 'application') })) {
    asked.io.out(`${each.id}  ${each.application}  ${each.name}`);
  }
  return exitCodes.done;
}

async function findPipeline(asked: Asked): Promise<Pipeline> {
  const application = flag(asked, 'application');
  if (application === '') {
    const path = `/api/v1/pipelines/${encodeURIComponent(asked.about)}`;
    return (await asked.client.call({ doing: `read pipeline ${asked.about}`, method: 'GET', path }))[
      'pipeline'
    ] as Pipeline;
  }
  const wanted = asked.about.toLowerCase();
  for await (const each of pages<Pipeline>(asked.client, listing, { application, name: asked.about })) {
    if (each.name.toLowerCase() === wanted || each.id === asked.about) return each;
  }
  throw problem('not-found', 'not_found', `Application ${application} has no pipeline "${asked.about}".`);
}

async function save(asked: Asked): Promise<number> {
  const file = flag(asked, 'file');
  if (file === '') return misused(asked.io, ['save needs --file.']);
  const document = await readDocument(file);
  await asked.client.call({ doing: 'save the pipeline', method: 'POST', path: '/gate/pipelines', body: document });
  asked.io.out(`Saved ${String(document['name'])} of ${String(document['application'])}.`);
  return exitCodes.done;
}

async function readDocument(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const given: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof given === 'object' && given !== null) return given as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw problem(
      'invalid',
      'unreadable_file',
      `${file} cannot be read: ${error instanceof Error ? error.message : ''}`,
    );
  }
  throw problem('invalid', 'unreadable_file', `${file} holds no pipeline.`);
}

async function remove(asked: Asked): Promise<number> {
  const { application, name } = await findPipeline(asked);
  const path = `/gate/pipelines/${encodeURIComponent(application)}/${encodeURIComponent(name)}`;
  await asked.client.call({ doing: `delete pipeline ${name}`, method: 'DELETE', path });
  asked.io.out(`Deleted ${name} of ${application}.`);
  return exitCodes.done;
}

async function start(asked: Asked): Promise<number> {
  const { id } = await findPipeline(asked);
  const given = (asked.flags['parameter'] ?? []) as readonly string[];
  const wrong = given.find((each) => !each.includes('='));
  if (wrong !== undefined) return misused(asked.io, [`-p ${wrong} is not NAME=VALUE.`]);
  const parameters = Object.fromEntries(
    given.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
  );
  const path = `/api/v1/pipelines/${encodeURIComponent(id)}/executions`;
  const call = { doing: `start ${asked.about}`, method: 'POST', path, body: { parameters } } as const;
  const shown = (await asked.client.call(call))['execution'] as ShownExecution;
  if (asked.flags['wait'] === true) return followExecution(asked, shown);
  asked.io.out(executionLine(shown));
  return exitCodes.done;
}

async function executions(asked: Asked): Promise<number> {
  const [application, pipeline, status, limit] = ['application', 'pipeline', 'status', 'limit'].map((name) =>
    flag(asked, name),
  );
  const narrow = query({
    application: application ?? '',
    pipeline: pipeline ?? '',
    status: status ?? '',
    limit: limit ?? '',
  });
  const answer = await asked.client.call({
    doing: 'list executions',
    method: 'GET',
    path: `/api/v1/executions${narrow}`,
  });
  for (const each of answer['executions'] as readonly ShownExecution[]) asked.io.out(executionLine(each));
  return exitCodes.done;
}

async function control(asked: Asked, verb: 'cancel' | 'pause' | 'resume'): Promise<number> {
  const reason = flag(asked, 'reason');
  return told(asked, {
    doing: `${verb} execution ${asked.about}`,
    method: 'POST',
    path: `/api/v1/executions/${encodeURIComponent(asked.about)}/${verb}`,
    ...(verb === 'cancel' ? { body: reason === '' ? {} : { reason } } : {}),
  });
}

async function restart(asked: Asked): Promise<number> {
  const stage = flag(asked, 'stage');
  if (stage === '') return misused(asked.io, ['restart needs --stage.']);
  const path = `/api/v1/executions/${encodeURIComponent(asked.about)}/stages/${encodeURIComponent(stage)}/restart`;
  return told(asked, { doing: `restart stage ${stage}`, method: 'POST', path });
}

async function told({ client, io }: Asked, call: PortalCall): Promise<number> {
  io.out(executionLine((await client.call(call))['execution'] as ShownExecution));
  return exitCodes.done;
}
