import { authorize } from '#access/permissions.ts';
import { nameOf } from '#approvals/approval-events.ts';
import { maybeSilent } from '#platform/commands/command-runner.ts';
import type { WriteContext } from '#platform/commands/write-context.ts';
import { notFound, problem } from '#platform/problem.ts';
import { authorizeApplication } from '../access-queries.ts';
import { lockConfig } from './config-store.ts';
import type { ConfigRow, VersionRow } from './delivery-config.ts';
import { evaluateVersions } from './evaluate-constraints.ts';
import { insertVersion } from './version-store.ts';

export interface ReportedVersion {
  readonly application: string;
  /** The reference of an artifact of the delivery config, or its name. */
  readonly artifact: string;
  readonly version: string;
  /** Shown to who judges, e.g. commit and build. */
  readonly details: Readonly<Record<string, string>>;
}

maybeSilent(reportVersion);

/** A version was built: it goes as far as its constraints allow. Reporting one again changes nothing. */
export async function reportVersion(
  ctx: WriteContext,
  input: ReportedVersion,
): Promise<{ readonly config: ConfigRow; readonly isNew: boolean }> {
  authorize(ctx.actor, 'pipeline.execute');
  const config = await lockConfig(ctx, input.application);
  if (config === null) throw notFound('deliveryConfig', input.application, { application: input.application });
  await authorizeApplication(ctx, 'EXECUTE', { application: config.application });
  const { artifacts } = config.document;
  const artifact =
    artifacts.find(({ reference }) => reference === input.artifact) ??
    artifacts.find(({ name }) => name === input.artifact);
  if (artifact === undefined) {
    const known = artifacts.map(({ reference }) => reference).join(', ');
    const message = `Delivery config "${config.name}" has no artifact "${input.artifact}". It has ${known || 'none'}.`;
    throw problem('invalid', 'unknown_artifact', message, { field: 'artifact' });
  }
  const version = await insertVersion(ctx, config, {
    reference: artifact.reference,
    version: input.version,
    details: input.details,
    reported_by_name: nameOf(ctx.actor),
  });
  if (version === null) return { config, isNew: false };
  emitVersion(ctx, config, version);
  await evaluateVersions(ctx, config, [version]);
  return { config, isNew: true };
}

function emitVersion(ctx: WriteContext, config: ConfigRow, row: VersionRow): void {
  const { reference, version } = row;
  ctx.emit({
    kind: 'artifact-version.reported',
    resource: 'artifact-version',
    action: 'CREATE',
    subject: `artifact-version:${config.id}/${reference}/${version}`,
    context: { deliveryConfig: config.id, application: config.application, artifact: reference },
    before: null,
    after: { application: config.application, artifact: reference, version, details: row.details },
  });
}
