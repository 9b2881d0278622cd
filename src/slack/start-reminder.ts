import { authorize } from '#access/permissions.ts';
import type { SecretBox } from '#platform/crypto/secret-box.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { createRun, invocationName, newRunId, type NewRun } from '#runs/create-run.ts';
import type { SealedInvocation } from '#runs/backend.ts';
import type { RunRow } from '#runs/run.ts';

export interface WantedReminder {
  readonly orgId: string;
  readonly blueprint: string;
  readonly scorecard: string;
  readonly title: string;
  readonly channel: string | undefined;
  readonly origin: string;
}

const type = 'SCORECARD_REMINDER';

/** A reminder as a run of no action of anybody's: it is sent by a job, and its page says what became of it. */
export function reminderRun(secrets: SecretBox, wanted: WantedReminder): NewRun {
  const { orgId, blueprint, scorecard, channel } = wanted;
  const id = newRunId();
  const named = { blueprintIdentifier: blueprint, scorecardIdentifier: scorecard };
  const invocation = { type, ...named, ...(channel === undefined ? {} : { channel }) };
  const sealed: SealedInvocation = { invocation, hiddenTexts: [] };
  const asked = { blueprint, scorecard, ...(channel === undefined ? {} : { channel }) };
  return {
    id,
    action: {
      identifier: 'scorecard_reminder',
      legacyIdentifier: 'scorecard_reminder',
      title: `${wanted.title}: reminder`,
      icon: 'Slack',
      shape: 2,
      backendType: type,
      synchronized: false,
      allowAnyoneToViewRuns: true,
    },
    blueprint: null,
    entity: null,
    source: wanted.origin,
    properties: asked,
    rawProperties: asked,
    payload: invocation,
    sealedInvocation: secrets.seal(JSON.stringify(sealed), { orgId, name: invocationName(id) }),
    impersonatedBy: null,
    approval: null,
  };
}

export async function startReminder(
  ctx: WriteContext,
  { run, blueprint }: { readonly run: NewRun; readonly blueprint: string },
): Promise<RunRow> {
  authorize(ctx.actor, 'scorecard.remind', { blueprint });
  return createRun(ctx, run);
}
