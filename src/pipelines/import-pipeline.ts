import { isJsonObject } from '#platform/json.ts';
import { translateExpression, translateText } from './expression-rules.ts';
import type { PipelineDocument, StageConfig } from './pipeline.ts';

/** Something that whoever imports a pipeline has to see to. */
export interface ImportNote {
  readonly path: string;
  readonly message: string;
}

export interface ImportedPipeline {
  readonly document: PipelineDocument;
  readonly notes: readonly ImportNote[];
}

/** A pipeline of another engine in the words of this one. What cannot be said here stays and is noted. */
export function importPipeline(document: PipelineDocument, stageTypes: ReadonlySet<string>): ImportedPipeline {
  const notes: ImportNote[] = [];
  const stages = document.stages.map((stage, at) => {
    const path = `stages[${at}]`;
    if (!stageTypes.has(stage.type)) {
      const message = `Stages of type "${stage.type}" are not performed here: use a self-service action or a webhook.`;
      notes.push({ path: `${path}.type`, message });
    }
    return importStage(stage, path, notes);
  });
  const notifications = translateIn(document.notifications ?? [], 'notifications', notes);
  for (const [at, trigger] of (document.triggers ?? []).entries()) {
    if (!['cron', 'webhook', 'pipeline', 'catalog', 'manual'].includes(trigger.type)) {
      notes.push({
        path: `triggers[${at}].type`,
        message: `Nothing here fires triggers of type "${trigger.type}": it is switched off.`,
      });
    }
  }
  const triggers = document.triggers?.map((trigger) =>
    ['cron', 'webhook', 'pipeline', 'catalog'].includes(trigger.type) ? trigger : { ...trigger, enabled: false },
  );
  return {
    document: {
      ...document,
      ...(triggers === undefined ? {} : { triggers }),
      ...(document.notifications === undefined
        ? {}
        : { notifications: notifications as PipelineDocument['notifications'] }),
      stages,
    } as PipelineDocument,
    notes,
  };
}

function importStage(stage: StageConfig, path: string, notes: ImportNote[]): StageConfig {
  const { stageEnabled, ...rest } = stage;
  const translated = translateIn(rest, path, notes) as StageConfig;
  const conditions =
    stage.type === 'checkPreconditions' ? importConditions(translated['preconditions'], path, notes) : {};
  if (!isJsonObject(stageEnabled)) return { ...translated, ...conditions };
  const expression = importCondition(stageEnabled['expression'], `${path}.stageEnabled.expression`, notes);
  return { ...translated, ...conditions, stageEnabled: { ...stageEnabled, expression } };
}

function importConditions(given: unknown, path: string, notes: ImportNote[]): Partial<StageConfig> {
  if (!Array.isArray(given)) return {};
  const preconditions = (given as unknown[]).map((each, at) => {
    if (!isJsonObject(each) || !isJsonObject(each['context']) || each['type'] !== 'expression') return each;
    const place = `${path}.preconditions[${at}].context.expression`;
    return {
      ...each,
      context: { ...each['context'], expression: importCondition(each['context']['expression'], place, notes) },
    };
  });
  return { preconditions };
}

/** Conditions stand without `${}` around them; one with braces was translated already. */
function importCondition(given: unknown, path: string, notes: ImportNote[]): unknown {
  if (typeof given !== 'string' || given.trim() === '' || given.includes('{{')) return given;
  const { text, untranslated } = translateText(given);
  if (text !== given && untranslated.length === 0) return text;
  const program = translateExpression(given.replaceAll(/^\$\{|\}$/g, ''));
  if (program !== null) return program;
  notes.push({
    path,
    message: `The expression ${given.slice(0, 200)} has no counterpart in jq that is certain: write it anew.`,
  });
  return given;
}

function translateIn(value: unknown, path: string, notes: ImportNote[]): unknown {
  if (typeof value === 'string') {
    const { text, untranslated } = translateText(value);
    for (const expression of untranslated) {
      const message = `The expression ${expression.slice(0, 200)} has no counterpart in jq that is certain: write it anew.`;
      notes.push({ path, message });
    }
    return text;
  }
  if (Array.isArray(value)) return (value as unknown[]).map((item, at) => translateIn(item, `${path}[${at}]`, notes));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, translateIn(item, `${path}.${key}`, notes)]),
  );
}
