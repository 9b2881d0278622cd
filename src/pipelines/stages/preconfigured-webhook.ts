import type { Db } from '#platform/db/handles.ts';
import { evaluateStage } from '../evaluate-expressions.ts';
import { findPreconfigured } from '../preconfigured/preconfigured-queries.ts';
import { asWebhookStage, checkUse, mayUse, parameterValues } from '../preconfigured/preconfigured-webhook.ts';
import type { BeginRequest, StageKind, StageStep } from './stage-kind.ts';
import type { WebhookParts } from './webhook.ts';

/** Stages whose type administrators made: the webhook that is defined, with the stage's parameters. */
export function preconfiguredStage(db: Db, parts: WebhookParts, webhook: StageKind): StageKind {
  return {
    ...webhook,
    type: '',
    rendersItself: true,
    // Its type is looked up before it is saved: see `checkedDocument`.
    check: () => [],
    begin: async (request) => beginDefined(db, parts, webhook, request),
  };
}

async function beginDefined(
  db: Db,
  { jq }: WebhookParts,
  webhook: StageKind,
  request: BeginRequest,
): Promise<StageStep> {
  const { config, execution, facts, actor } = request;
  const row = await findPreconfigured(db, execution.org_id, config.type);
  if (row === null) return { step: 'failed', error: `Nothing here performs stages of type "${config.type}".` };
  const { document } = row;
  if (document.enabled === false) return { step: 'failed', error: `Stages of type "${config.type}" are switched off.` };
  if (!mayUse(actor, document)) {
    return { step: 'failed', error: `Whom the pipeline acts as may not use stages of type "${config.type}".` };
  }
  // The stage's own expressions first: none of them reaches the secrets that the definition may use.
  const rendered = await evaluateStage(jq, config, facts);
  const [missing] = checkUse(rendered, document);
  if (missing !== undefined) return { step: 'failed', error: missing.message };
  const values = parameterValues(rendered, document);
  const { refId, requisiteStageRefIds, type } = config;
  const step = await webhook.begin({
    ...request,
    // Nothing else of the stage: what its expressions became is not evaluated a second time.
    config: asWebhookStage({ refId, requisiteStageRefIds, type, name: '' }, document),
    facts: { ...facts, parameterValues: values },
  });
  return 'context' in step ? { ...step, context: { ...step.context, parameterValues: values } } : step;
}
