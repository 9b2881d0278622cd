import { isJsonObject } from '#platform/json.ts';
import type { NotificationConfig } from './pipeline.ts';

/** Something of an execution that people may want to be told. */
export interface Occasion {
  /** `pipeline.starting`, `stage.failed`, …. */
  readonly when: string;
  readonly level: 'pipeline' | 'stage';
  /** Of the stage it is about. */
  readonly refId: string | null;
  /** Tells this occasion from every other of the execution. */
  readonly key: string;
}

interface StageStanding {
  readonly status: string;
  readonly attempt: number;
  /** Whether anybody is told of it. */
  readonly notifies: boolean;
}

const silent: ReadonlySet<string> = new Set(['CANCELED', 'SKIPPED', 'NOT_STARTED', 'RUNNING']);

type Document = Readonly<Record<string, unknown>>;

/** What happened between two states of an execution. What is cancelled is told to nobody, as elsewhere. */
export function occasionsBetween(before: Document | null, after: Document): readonly Occasion[] {
  const earlier = stagesOf(before);
  return [
    ...pipelineOccasions(before?.['status'], after),
    ...Object.entries(stagesOf(after)).flatMap(([refId, stage]) => stageOccasions(refId, earlier[refId], stage)),
  ];
}

function pipelineOccasions(was: unknown, after: Document): readonly Occasion[] {
  const { status, endedAt } = after;
  if (was === status) return [];
  const tell = (verb: string): readonly Occasion[] => {
    const end = typeof endedAt === 'string' ? endedAt : '';
    return [{ when: `pipeline.${verb}`, level: 'pipeline', refId: null, key: `${verb}/${end}` }];
  };
  if (status === 'SUCCEEDED') return tell('complete');
  if (status === 'TERMINAL') return tell('failed');
  const begins = was === undefined || was === 'NOT_STARTED';
  return status === 'RUNNING' && begins ? tell('starting') : [];
}

function stageOccasions(refId: string, old: StageStanding | undefined, stage: StageStanding): readonly Occasion[] {
  const { status, attempt, notifies } = stage;
  if (!notifies) return [];
  if (old?.status === status && old.attempt === attempt) return [];
  const fresh = old === undefined || old.status === 'NOT_STARTED' || old.attempt !== attempt;
  const verbs: string[] = [];
  if (fresh && !['NOT_STARTED', 'SKIPPED', 'CANCELED'].includes(status)) verbs.push('starting');
  if (status === 'SUCCEEDED') verbs.push('complete');
  else if (!silent.has(status)) verbs.push('failed');
  return verbs.map((verb) => ({ when: `stage.${verb}`, level: 'stage', refId, key: `${verb}/${refId}/${attempt}` }));
}

function stagesOf(document: Readonly<Record<string, unknown>> | null): Readonly<Record<string, StageStanding>> {
  const stages = document?.['stages'];
  return isJsonObject(stages) ? (stages as Readonly<Record<string, StageStanding>>) : {};
}

/** The application's notifications and the pipeline's; where both name an address, the pipeline's rule their occasions. */
export function mergedNotifications(
  application: readonly NotificationConfig[],
  pipeline: readonly NotificationConfig[],
): readonly NotificationConfig[] {
  const rest = application.flatMap((each) => {
    const taken = new Set(pipeline.filter((own) => isSame(own, each)).flatMap((own) => own.when ?? []));
    const when = (each.when ?? []).filter((name) => !taken.has(name));
    return when.length === 0 ? [] : [{ ...each, when }];
  });
  return [...pipeline, ...rest];
}

function isSame(left: NotificationConfig, right: NotificationConfig): boolean {
  return left.type === right.type && (left.address ?? '') === (right.address ?? '');
}

/** Where people can be told; other types are kept in documents and left aside. */
export const channels = ['slack', 'email', 'webhook', 'microsoftteams'] as const;
export type Channel = (typeof channels)[number];

export interface ToldPlace {
  readonly via: Channel;
  readonly channel: string;
  /** Below the usual words. */
  readonly text: string | null;
  /** In place of a mail's usual subject and words. */
  readonly subject?: string | null;
  readonly body?: string | null;
}

/** Words of other clients name the execution and its page. */
export function fillPlaces(text: string, execution: { readonly id: string; readonly link: string }): string {
  return text.replaceAll(/\{\{\s*(executionId|link)\s*\}\}/g, (_all, name: string) =>
    name === 'link' ? execution.link : execution.id,
  );
}

/** Which of them are told of an occasion, and in which words of their own. */
export function toldOf(notifications: readonly NotificationConfig[], when: string): readonly ToldPlace[] {
  return notifications.flatMap((each) => {
    const address = (each.address ?? '').trim();
    const via = channels.find((name) => name === each.type);
    if (via === undefined || address === '' || each.when?.includes(when) !== true) return [];
    const text = each.message?.[when]?.text;
    const own = (key: string): string | null => {
      const given = each[key];
      return typeof given === 'string' && given.trim() !== '' ? given : null;
    };
    const mail = via === 'email' ? { subject: own('customSubject'), body: own('customBody') } : {};
    return [{ via, channel: address, text: text === undefined || text === '' ? own('customMessage') : text, ...mail }];
  });
}
