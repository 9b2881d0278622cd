import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { receivedRequest } from '../loopback-server.ts';
import { bearerToken, isRecord, jsonObject } from '../received-request.ts';
import { requestRefusal } from './dispatch-rules.ts';
import { findRepository, findWorkflow, workflowFiles } from './github-desk.ts';
import type { GitHubDesk, WorkflowFile } from './github-desk.ts';
import type { GitHubRepositorySeed } from './github-emulator.ts';
import { InvalidWorkflowFile, readWorkflow } from './workflow-file.ts';
import type { WorkflowRun } from './workflow-run.ts';
import { filterRuns, pageOf } from './workflow-run-list.ts';
import { jobView, repositoryUrls, runUrls, runView, workflowView } from './workflow-run-view.ts';

/** GitHub's refusals: a message, a status, and where to read on. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Asked {
  readonly repository: GitHubRepositorySeed;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly param: (name: string) => string;
}

type Handler = (asked: Asked) => unknown;

const dispatchDocs = 'https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event';
/** From this version of the API on, a dispatch always answers with the run. */
const runDetailsVersion = '2026-03-10';

/** GitHub Actions. In `emulate` no repository ever has a workflow, so all of it is answered here. */
export function gitHubActionsRoutes(app: FastifyInstance, desk: GitHubDesk): void {
  const route = (method: 'GET' | 'POST' | 'PUT', path: string, handler: Handler): void => {
    app.route<{ Params: Record<string, string> }>({
      method,
      url: `/repos/:owner/:repo/${path.startsWith('contents/') ? path : `actions/${path}`}`,
      handler: async (request, reply) => {
        const param = (name: string): string => request.params[name] ?? '';
        try {
          authenticate(desk, request);
          const repository = findRepository(desk, param('owner'), param('repo'));
          if (!repository) throw new Refusal(404, 'Not Found');
          return await handler({ repository, request, reply, param });
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          return reply
            .code(error.status)
            .send({ message: error.message, documentation_url: dispatchDocs, status: String(error.status) });
        }
      },
    });
  };
  workflowRoutes(route, desk);
  runRoutes(route, desk);
}

type Route = (method: 'GET' | 'POST' | 'PUT', path: string, handler: Handler) => void;

function workflowRoutes(route: Route, desk: GitHubDesk): void {
  const wanted = async ({ repository, param }: Asked): Promise<WorkflowFile> => {
    const file = await findWorkflow(desk, repository, param('workflow'));
    if (!file) throw new Refusal(404, 'Not Found');
    return file;
  };
  const view = (file: WorkflowFile, { owner, name }: GitHubRepositorySeed): Record<string, unknown> =>
    workflowView(file, nameOf(file), repositoryUrls(desk.origin(), owner, name), desk.disabledWorkflows.has(file.id));

  route('GET', 'workflows', async ({ repository }) => {
    const files = await workflowFiles(desk, repository);
    return { total_count: files.length, workflows: files.map((file) => view(file, repository)) };
  });
  // The file itself, as its repository has it; other contents are `emulate`'s.
  route('GET', 'contents/.github/workflows/:workflow', async (asked) => {
    const file = await wanted(asked);
    const content = Buffer.from(file.text).toString('base64');
    return { type: 'file', name: file.name, path: `.github/workflows/${file.name}`, encoding: 'base64', content };
  });
  route('GET', 'workflows/:workflow', async (asked) => view(await wanted(asked), asked.repository));
  route('PUT', 'workflows/:workflow/disable', async (asked) => {
    desk.disabledWorkflows.add((await wanted(asked)).id);
    return asked.reply.code(204).send();
  });
  route('PUT', 'workflows/:workflow/enable', async (asked) => {
    desk.disabledWorkflows.delete((await wanted(asked)).id);
    return asked.reply.code(204).send();
  });
  route('POST', 'workflows/:workflow/dispatches', async (asked) => dispatch(desk, await wanted(asked), asked));
  route('GET', 'workflows/:workflow/runs', async (asked) => {
    const { id } = await wanted(asked);
    return runList(desk, asked, (run) => run.workflow.id === id);
  });
}

function runRoutes(route: Route, desk: GitHubDesk): void {
  const wanted = ({ repository, param }: Asked): WorkflowRun => {
    const run = runsOf(desk, repository).find(({ id }) => String(id) === param('run'));
    if (!run) throw new Refusal(404, 'Not Found');
    return run;
  };
  route('GET', 'runs', async (asked) => runList(desk, asked, () => true));
  route('GET', 'runs/:run', async (asked) => {
    const { owner, name } = asked.repository;
    return runView(wanted(asked), desk.origin(), await desk.emulator.repository(owner, name));
  });
  route('GET', 'runs/:run/jobs', (asked) => {
    const run = wanted(asked);
    const { items, link } = pageOf(
      run.jobs,
      receivedRequest(asked.request).query,
      `${runUrls(desk.origin(), run).api}/jobs`,
    );
    if (link) asked.reply.header('link', link);
    return { total_count: run.jobs.length, jobs: items.map((job) => jobView(job, run, desk.origin())) };
  });
  route('POST', 'runs/:run/cancel', (asked) => {
    const run = wanted(asked);
    if (run.status === 'completed') throw new Refusal(409, 'Cannot cancel a workflow run that is completed.');
    desk.cancel(run);
    return asked.reply.code(202).send({});
  });
  route('GET', 'jobs/:job', (asked) => {
    const { job, run } = findJob(desk, asked);
    return jobView(job, run, desk.origin());
  });
  // GitHub redirects to a storage with a signed address; the log's own page stands in for it.
  route('GET', 'jobs/:job/logs', (asked) => {
    const { job, run } = findJob(desk, asked);
    return asked.reply.redirect(`${runUrls(desk.origin(), run).page}/jobs/${job.id}.txt`, 302);
  });
}

async function dispatch(desk: GitHubDesk, file: WorkflowFile, { repository, request, reply }: Asked): Promise<unknown> {
  const received = receivedRequest(request);
  const body = jsonObject(received.body.toString('utf8'));
  if (!body) throw new Refusal(400, 'Problems parsing JSON');
  const refusal = requestRefusal(body, desk.knowsRunDetails);
  if (refusal) throw new Refusal(422, refusal.refused);
  const ref = String(body['ref']).replace(/^refs\/(heads|tags)\//, '');
  if (![repository.defaultBranch ?? 'main', ...(repository.refs ?? [])].includes(ref)) {
    throw new Refusal(422, `No ref found for: ${String(body['ref'])}`);
  }
  if (desk.disabledWorkflows.has(file.id)) {
    throw new Refusal(422, "Cannot trigger a 'workflow_dispatch' on a disabled workflow");
  }
  const run = await desk
    .start({ repository, file, ref, given: isRecord(body['inputs']) ? body['inputs'] : {} })
    .catch((error: unknown) => {
      throw error instanceof InvalidWorkflowFile ? new Refusal(422, error.message) : error;
    });
  const wantsDetails =
    body['return_run_details'] === true || received.headers['x-github-api-version'] === runDetailsVersion;
  if (!wantsDetails || !desk.knowsRunDetails) return reply.code(204).send();
  const { api, page } = runUrls(desk.origin(), run);
  return { workflow_run_id: run.id, run_url: api, html_url: page };
}

async function runList(desk: GitHubDesk, asked: Asked, passes: (run: WorkflowRun) => boolean): Promise<unknown> {
  const { path, query } = receivedRequest(asked.request);
  const { owner, name } = asked.repository;
  const all = filterRuns(runsOf(desk, asked.repository).filter(passes), query);
  const { items, link } = pageOf(all, query, desk.origin() + path);
  if (link) asked.reply.header('link', link);
  const repository = await desk.emulator.repository(owner, name);
  return { total_count: all.length, workflow_runs: items.map((run) => runView(run, desk.origin(), repository)) };
}

function findJob(
  desk: GitHubDesk,
  { repository, param }: Asked,
): { run: WorkflowRun; job: WorkflowRun['jobs'][number] } {
  for (const run of runsOf(desk, repository)) {
    const job = run.jobs.find(({ id }) => String(id) === param('job'));
    if (job) return { run, job };
  }
  throw new Refusal(404, 'Not Found');
}

function runsOf(desk: GitHubDesk, { owner, name }: GitHubRepositorySeed): readonly WorkflowRun[] {
  return desk.runs.filter((run) => run.owner === owner && run.repository === name);
}

function authenticate(desk: GitHubDesk, request: FastifyRequest): void {
  const token = bearerToken(receivedRequest(request));
  if (token === undefined) throw new Refusal(401, 'Requires authentication');
  if (!desk.tokens.has(token)) throw new Refusal(401, 'Bad credentials');
}

function nameOf(file: WorkflowFile): string {
  try {
    return readWorkflow(file.text, file.name).name;
  } catch {
    return `.github/workflows/${file.name}`;
  }
}
