import type { FollowOutcome, FollowRequest } from '#runs/backend.ts';
import { afterFailure, afterRefusal, type FollowedWork, slowFollowMs, tellWork } from '../follow-outcomes.ts';
import type { AzureDevOpsClient } from './azure-devops-client.ts';

/** What Quayside remembers of a call to find the build it started. */
export interface FollowState extends FollowedWork {
  readonly org: string;
  readonly project: string;
  readonly notBefore: string;
}

const mostStepsTold = 20;
const quickLooks = 40;
const quickLookMs = 3_000;
/** A build may wait for an agent before it can name the run: looked for during about an hour. */
const looksForAppearance = quickLooks + 120;

/** Finds the build that names the run, and follows it. None is taken for the run's that does not say so. */
export async function followBuild(
  client: AzureDevOpsClient | null,
  { run, askedTimes, followedByOthers }: FollowRequest,
): Promise<FollowOutcome> {
  const state = run.backend as unknown as FollowState;
  if (typeof state.project !== 'string') return { outcome: 'over' };
  if (client === null) return afterRefusal(state, 'Azure DevOps is not connected with an access token any more.');
  const { notBefore, followed } = state;
  const known = followed?.split('/').at(-1);
  const found =
    known === undefined
      ? await client.find(state, { marker: run.id, notBefore, claimed: idsOf(state, await followedByOthers()) })
      : await client.get(state, known);
  if (!found.ok) return afterFailure(state, found.failure);
  if (found.value === undefined) {
    const afterMs = askedTimes < quickLooks ? quickLookMs : slowFollowMs;
    return askedTimes < looksForAppearance ? { outcome: 'again', afterMs } : { outcome: 'over', log: [unnamed(state)] };
  }
  const { id, url } = found.value;
  return tellWork(
    state,
    // Builds are numbered anew in every organisation, and pipelines of other systems are, too.
    { id: `${placeOf(state)}${id}`, url, ...buildOutcome(found.value) },
    {
      link: run.link,
      askedTimes,
      what: 'pipeline',
      details: async () => {
        const steps = await client.failedSteps(state, id);
        return steps
          .slice(0, mostStepsTold)
          .map(({ name, error }) => `Step "${name}" failed${error === '' ? '' : `: ${error}`}`);
      },
    },
  );
}

function placeOf({ org }: FollowState): string {
  return `azure/${org}/`;
}

function idsOf(state: FollowState, followed: readonly string[]): readonly string[] {
  const place = placeOf(state);
  return followed.filter((one) => one.startsWith(place)).map((one) => one.slice(place.length));
}

function unnamed({ project }: FollowState): string {
  return (
    `No pipeline run in ${project} named this run in its tags, its name or its parameters, so none is followed. ` +
    'It can still report to this run over the API.'
  );
}

const endings: Readonly<Record<string, { readonly status: 'SUCCESS' | 'FAILURE'; readonly label: string }>> = {
  succeeded: { status: 'SUCCESS', label: 'Succeeded' },
  partiallySucceeded: { status: 'SUCCESS', label: 'Partially succeeded' },
  failed: { status: 'FAILURE', label: 'Failed' },
  canceled: { status: 'FAILURE', label: 'Cancelled' },
};

/** What a build's state means for the run; a state that is not known yet counts as going on. */
function buildOutcome({ status, result }: { readonly status: string; readonly result: string }): {
  readonly ended: boolean;
  readonly status?: 'SUCCESS' | 'FAILURE';
  readonly label: string;
} {
  if (status !== 'completed') return { ended: false, label: 'In progress' };
  return { ended: true, ...(endings[result] ?? { status: 'FAILURE', label: 'Ended without a result' }) };
}
