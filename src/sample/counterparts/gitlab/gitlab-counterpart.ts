import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Faults } from '../faults.ts';
import { openLoopbackServer, receivedRequest } from '../loopback-server.ts';
import { bodyFields, isRecord, jsonObject } from '../received-request.ts';

export interface GitLabProjectSeed {
  /** `group/subgroup/project`. */
  readonly path: string;
  /** Beside `main`. */
  readonly refs?: readonly string[];
}

export interface GitLabPipeline {
  readonly id: number;
  readonly project: string;
  readonly ref: string;
  readonly source: 'trigger' | 'api';
  readonly variables: Readonly<Record<string, string>>;
  /** The body that a trigger address got, which a job reads from the file `TRIGGER_PAYLOAD`. */
  readonly triggerPayload: Readonly<Record<string, unknown>> | null;
  readonly createdAt: string;
  status: string;
}

export interface GitLabOptions {
  readonly projects: readonly GitLabProjectSeed[];
  /** How a pipeline ends; it is over at the second look. */
  readonly endsAs?: (pipeline: GitLabPipeline) => string;
}

/** GitLab's pipelines on loopback: the trigger API, the pipelines API, and the trigger address with `?token=`. */
export interface GitLabCounterpart {
  readonly url: string;
  readonly token: string;
  readonly triggerToken: string;
  readonly faults: Faults;
  /** Oldest first. */
  readonly pipelines: readonly GitLabPipeline[];
  close(): Promise<void>;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const token = 'glpat-loopback-access-token';
const triggerToken = 'glptt-loopback-trigger-token';

export async function startGitLabCounterpart(options: GitLabOptions): Promise<GitLabCounterpart> {
  const pipelines: GitLabPipeline[] = [];
  const looks = new Map<number, number>();
  const server = await openLoopbackServer((app, origin) => {
    const project = (request: FastifyRequest): GitLabProjectSeed | undefined =>
      options.projects.find((one) => one.path === (request.params as { project: string }).project);
    const shown = (pipeline: GitLabPipeline): object => ({
      id: pipeline.id,
      status: pipeline.status,
      source: pipeline.source,
      ref: pipeline.ref,
      created_at: pipeline.createdAt,
      web_url: `${origin()}/${pipeline.project}/-/pipelines/${pipeline.id}`,
    });
    const start = (
      reply: FastifyReply,
      seed: GitLabProjectSeed,
      asked: Pick<GitLabPipeline, 'ref' | 'source' | 'variables' | 'triggerPayload'>,
    ): FastifyReply => {
      if (!['main', ...(seed.refs ?? [])].includes(asked.ref)) {
        return reply.code(400).send({ message: { base: ['Reference not found'] } });
      }
      const createdAt = new Date().toISOString();
      const pipeline = { ...asked, id: 1000 + pipelines.length, project: seed.path, createdAt, status: 'pending' };
      pipelines.push(pipeline);
      return reply.code(201).send(shown(pipeline));
    };
    const mayRead = (request: FastifyRequest): boolean => request.headers['private-token'] === token;

    const trigger = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const received = receivedRequest(request);
      const fields = bodyFields(received);
      const { ref: refInPath } = request.params as { ref?: string };
      const given = received.query.get('token') ?? fields['token'];
      const seed = project(request);
      if (seed === undefined || given !== triggerToken) return reply.code(404).send({ message: '404 Not Found' });
      const ref = refInPath ?? received.query.get('ref') ?? textOf(fields['ref']);
      const variables = isRecord(fields['variables']) ? (fields['variables'] as Record<string, string>) : {};
      const triggerPayload = refInPath === undefined ? null : (jsonObject(received.body.toString('utf8')) ?? null);
      return start(reply, seed, { ref, source: 'trigger', variables, triggerPayload });
    };
    app.post('/api/v4/projects/:project/trigger/pipeline', trigger);
    app.post('/api/v4/projects/:project/ref/:ref/trigger/pipeline', trigger);
    app.post('/api/v4/projects/:project/pipeline', async (request, reply) => {
      if (!mayRead(request)) return reply.code(401).send({ message: '401 Unauthorized' });
      const seed = project(request);
      if (seed === undefined) return reply.code(404).send({ message: '404 Project Not Found' });
      const fields = bodyFields(receivedRequest(request));
      const listed = Array.isArray(fields['variables']) ? fields['variables'].filter(isRecord) : [];
      const variables = Object.fromEntries(listed.map(({ key, value }) => [String(key), String(value)]));
      return start(reply, seed, { ref: textOf(fields['ref']), source: 'api', variables, triggerPayload: null });
    });
    app.get('/api/v4/projects/:project/pipelines', async (request, reply) => {
      if (!mayRead(request)) return reply.code(401).send({ message: '401 Unauthorized' });
      const { ref } = request.query as { ref?: string };
      const found = pipelines.filter((one) => one.project === project(request)?.path && one.ref === ref);
      return reply.send(found.toReversed().map(shown));
    });
    app.get('/api/v4/projects/:project/pipelines/:id', async (request, reply) => {
      if (!mayRead(request)) return reply.code(401).send({ message: '401 Unauthorized' });
      const { id } = request.params as { id: string };
      const pipeline = pipelines.find((one) => String(one.id) === id && one.project === project(request)?.path);
      if (pipeline === undefined) return reply.code(404).send({ message: '404 Not found' });
      const look = (looks.get(pipeline.id) ?? 0) + 1;
      looks.set(pipeline.id, look);
      pipeline.status = look < 2 ? 'running' : (options.endsAs?.(pipeline) ?? 'success');
      return reply.send(shown(pipeline));
    });
    app.get('/api/v4/projects/:project/pipelines/:id/jobs', async (request, reply) => {
      if (!mayRead(request)) return reply.code(401).send({ message: '401 Unauthorized' });
      return reply.send([{ id: 1, name: 'deploy', status: 'failed', web_url: `${origin()}/job/1` }]);
    });
  });
  return {
    url: server.origin,
    token,
    triggerToken,
    faults: server.faults,
    pipelines,
    close: async () => server.close(),
  };
}
