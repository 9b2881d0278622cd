import { EgressFailure } from '#platform/egress/egress-failure.ts';
import { type Egress, type EgressResponse, responseText } from '#platform/egress/egress.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { plainText } from '#platform/plain-text.ts';
import { Problem } from '#platform/problem.ts';
import type { CallFailure } from '../follow-outcomes.ts';

/** One run of a pipeline, which Azure DevOps' API calls a build. */
export interface Build {
  readonly id: string;
  readonly url: string;
  readonly status: string;
  readonly result: string;
}

export type AzureDevOpsResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: CallFailure };

/** Where pipelines run. */
export interface Project {
  readonly org: string;
  readonly project: string;
}

/** Azure DevOps' Build API as one access token sees it. Answers results; expected trouble is not thrown. */
export interface AzureDevOpsClient {
  /** The earliest build queued since then that names the marker in its tags, its number or what it was given. */
  find(
    place: Project,
    search: { readonly marker: string; readonly notBefore: string; readonly claimed: readonly string[] },
  ): Promise<AzureDevOpsResult<Build | undefined>>;
  get(place: Project, id: string): Promise<AzureDevOpsResult<Build>>;
  /** Names of steps that failed, with the first error of each. */
  failedSteps(place: Project, id: string): Promise<readonly { readonly name: string; readonly error: string }[]>;
}

const apiVersion = '7.1';
const timeoutMs = 30_000;
/** Of builds queued since the call; more than start in a project within the hour that is looked. */
const mostBuilds = 1_000;
const shownError = 500;

export function createAzureDevOpsClient(
  egress: Egress,
  { url, token }: { readonly url: string; readonly token: string },
): AzureDevOpsClient {
  const authorization = `Basic ${Buffer.from(`:${token}`).toString('base64')}`;

  async function read(
    { org, project }: Project,
    path: string,
    query: object = {},
  ): Promise<AzureDevOpsResult<unknown>> {
    const parameters = new URLSearchParams({ ...query, 'api-version': apiVersion }).toString();
    const place = `${url}/${encodeURIComponent(org)}/${encodeURIComponent(project)}/_apis/build/${path}`;
    try {
      const answer = await egress.request({
        url: `${place}?${parameters}`,
        method: 'GET',
        headers: { Authorization: authorization, Accept: 'application/json', 'User-Agent': 'quayside' },
        timeoutMs,
      });
      return understood(answer, project);
    } catch (error) {
      return failed(brokenCall(error));
    }
  }

  return {
    async find(place, { marker, notBefore, claimed }) {
      const query = { minTime: notBefore, queryOrder: 'queueTimeDescending', $top: String(mostBuilds) };
      const answer = await read(place, 'builds', query);
      if (!answer.ok) return answer;
      const builds = listOf(answer.value).filter((build) => names(build, marker));
      const known = builds.map(readBuild).filter((build) => build !== undefined && !claimed.includes(build.id));
      return { ok: true, value: known.at(-1) };
    },
    async get(place, id) {
      const answer = await read(place, `builds/${encodeURIComponent(id)}`);
      if (!answer.ok) return answer;
      const build = readBuild(answer.value);
      return build === undefined ? failed(notUnderstood) : { ok: true, value: build };
    },
    async failedSteps(place, id) {
      const answer = await read(place, `builds/${encodeURIComponent(id)}/timeline`);
      const records = answer.ok && isJsonObject(answer.value) ? answer.value['records'] : [];
      return (Array.isArray(records) ? records : [])
        .filter(isJsonObject)
        .filter((record) => record['type'] === 'Task' && record['result'] === 'failed')
        .map((record) => ({ name: textOf(record, 'name'), error: firstError(record) }));
    },
  };
}

/** A project's answer lists under `value`. */
function listOf(answer: unknown): readonly JsonObject[] {
  const value = isJsonObject(answer) ? answer['value'] : undefined;
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

const namingKeys = ['tags', 'buildNumber', 'templateParameters', 'parameters', 'triggerInfo'] as const;

function names(build: JsonObject, marker: string): boolean {
  return namingKeys.some((key) => JSON.stringify(build[key] ?? null).includes(marker));
}

function readBuild(raw: unknown): Build | undefined {
  if (!isJsonObject(raw) || typeof raw['id'] !== 'number') return undefined;
  const links = raw['_links'];
  const web = isJsonObject(links) ? links['web'] : undefined;
  return {
    id: String(raw['id']),
    url: isJsonObject(web) ? textOf(web, 'href') : '',
    status: textOf(raw, 'status'),
    result: textOf(raw, 'result'),
  };
}

function firstError(record: JsonObject): string {
  const issues = Array.isArray(record['issues']) ? record['issues'].filter(isJsonObject) : [];
  const error = issues.find((issue) => issue['type'] === 'error');
  return error === undefined ? '' : plainText(textOf(error, 'message')).slice(0, shownError).trim();
}

function textOf(raw: JsonObject, key: string): string {
  const value = raw[key];
  return typeof value === 'string' ? value : '';
}

function failed(failure: CallFailure): { readonly ok: false; readonly failure: CallFailure } {
  return { ok: false, failure };
}

const notUnderstood: CallFailure = {
  worth: 'refused',
  message: "Azure DevOps' answer was not understood. Check its address and the access token.",
};

function understood(answer: EgressResponse, project: string): AzureDevOpsResult<unknown> {
  // Whoever is not known gets the sign-in page: 203, or a redirect to it.
  if (answer.status === 203 || answer.status === 401 || answer.status === 403 || answer.redirect) {
    const message =
      'Azure DevOps does not accept the access token. It may have expired, or lack the scope Build (read).';
    return failed({ worth: 'refused', message });
  }
  if (answer.status === 404) {
    const message = `Azure DevOps knows no project ${project}, or hides it. Check its name and the access token.`;
    return failed({ worth: 'refused', message });
  }
  if (!answer.ok) return failed(unavailable(answer));
  try {
    return { ok: true, value: JSON.parse(responseText(answer)) as unknown };
  } catch {
    return failed(notUnderstood);
  }
}

function unavailable({ status, headers }: EgressResponse): CallFailure {
  const message = `Azure DevOps is not available at the moment (${status}).`;
  if (status < 500 && status !== 429) return { worth: 'refused', message: `Azure DevOps answered ${status}.` };
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return { worth: 'later', message, ...(seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {}) };
}

function brokenCall(error: unknown): CallFailure {
  if (error instanceof EgressFailure) return { worth: 'later', message: error.message };
  if (error instanceof Problem) return { worth: 'refused', message: error.message };
  throw error;
}
