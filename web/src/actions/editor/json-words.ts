import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { ensureSyntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import type { SyntaxNode } from '@lezer/common';
import { colourNames } from '../../ui/chip.tsx';

const rules = ['property', 'operator', 'value'];
const query = ['combinator', 'rules'];
const input = `type title description icon format default enum enumColors pattern minLength maxLength minimum maximum
  minItems maxItems items blueprint dataset sort dependsOn visible disabled encryption`.split(/\s+/);
const inputs = 'trigger.userInputs';

/** The keys of an action's definition, by the place they belong to; `*` is any key or place in a list. */
const keysAt: Readonly<Record<string, readonly string[]>> = {
  '': `identifier title icon description trigger invocationMethod requiredApproval approvalNotification publish
    allowAnyoneToViewRuns timeLimitMinutes`.split(/\s+/),
  trigger: `type operation blueprintIdentifier userInputs condition actionCardButtonText
    executeActionButtonText`.split(/\s+/),
  'trigger.condition': ['type', ...query],
  'trigger.condition.rules.*': rules,
  [inputs]: ['properties', 'required', 'order', 'steps', 'titles'],
  [`${inputs}.required`]: ['jqQuery'],
  [`${inputs}.steps.*`]: ['title', 'order', 'visible'],
  [`${inputs}.titles.*`]: ['title', 'description', 'visible'],
  [`${inputs}.properties.*`]: input,
  [`${inputs}.properties.*.items`]: ['type', 'format', 'enum', 'enumColors', 'blueprint', 'dataset'],
  [`${inputs}.properties.*.dataset`]: query,
  [`${inputs}.properties.*.dataset.rules.*`]: rules,
  [`${inputs}.properties.*.sort`]: ['property', 'order'],
  [`${inputs}.properties.*.*`]: ['jqQuery'],
  invocationMethod: `type url method headers body synchronized agent org repo workflow workflowInputs
    reportWorkflowStatus projectName groupName defaultRef pipelineVariables webhook payload blueprintIdentifier mapping
    scorecardIdentifier channel text blocks installationId integrationActionType
    integrationActionExecutionProperties`.split(/\s+/),
  'invocationMethod.mapping': ['identifier', 'title', 'team', 'icon', 'properties', 'relations'],
  requiredApproval: `type count allowSelfApproval timeoutMinutes onTimeout remindEveryMinutes escalateAfterMinutes
    escalateTo`.split(/\s+/),
  approvalNotification: ['type', 'format', 'url', 'channel'],
};

const formats = `date-time url email ipv4 ipv6 yaml entity user team proto markdown multi-line labeled-url`.split(' ');
const types = ['string', 'number', 'boolean', 'object', 'array'];

/** The words that a place takes. */
const valuesAt: Readonly<Record<string, readonly string[]>> = {
  'trigger.type': ['self-service'],
  'trigger.operation': ['CREATE', 'DAY-2', 'DELETE'],
  'trigger.condition.type': ['SEARCH'],
  'trigger.condition.combinator': ['and', 'or'],
  'invocationMethod.type': `WEBHOOK GITHUB GITLAB AZURE_DEVOPS KAFKA UPSERT_ENTITY SCORECARD_REMINDER
    SLACK_MESSAGE INTEGRATION_ACTION`.split(/\s+/),
  'invocationMethod.method': ['POST', 'PUT', 'PATCH', 'GET', 'DELETE'],
  'requiredApproval.type': ['ANY', 'ALL'],
  'requiredApproval.onTimeout': ['APPROVE', 'DECLINE', 'EXPIRE'],
  'approvalNotification.type': ['email', 'slack', 'webhook'],
  'approvalNotification.format': ['json', 'slack'],
  [`${inputs}.properties.*.type`]: types,
  [`${inputs}.properties.*.format`]: formats,
  [`${inputs}.properties.*.items.type`]: types,
  [`${inputs}.properties.*.items.format`]: formats,
  [`${inputs}.properties.*.encryption`]: ['aes256-gcm'],
  [`${inputs}.properties.*.enumColors.*`]: colourNames,
};

const PARSE_MS = 200;

/** Where a node stands: the keys above it, `*` for places in lists. */
function placeOf(state: EditorState, node: SyntaxNode): readonly string[] {
  const place: string[] = [];
  for (let one: SyntaxNode | null = node; one !== null; one = one.parent) {
    if (one.parent?.name === 'Array') place.unshift('*');
    if (one.name === 'Property' && one !== node) {
      const name = one.firstChild;
      if (name !== null) place.unshift(state.sliceDoc(name.from + 1, name.to - 1));
    }
  }
  return place;
}

/** Matches a place with patterns; those without a star come first in the tables. */
function wordsFor(table: Readonly<Record<string, readonly string[]>>, place: readonly string[]): readonly string[] {
  const exact = table[place.join('.')];
  if (exact !== undefined) return exact;
  const found = Object.entries(table).find(([pattern]) => {
    const parts = pattern.split('.');
    return parts.length === place.length && parts.every((part, index) => part === '*' || part === place[index]);
  });
  return found?.[1] ?? [];
}

/** Keys and words of a definition, offered while a text in quotes is typed. */
export function completeDefinition(context: CompletionContext): CompletionResult | null {
  const { state, pos } = context;
  const node = ensureSyntaxTree(state, pos, PARSE_MS)?.resolveInner(pos, -1);
  if (node === undefined) return null;
  const isKey = node.name === 'PropertyName';
  if (!isKey && node.name !== 'String') return null;
  const property = isKey ? node.parent : node;
  if (property === null) return null;
  const words = isKey ? wordsFor(keysAt, placeOf(state, property)) : wordsFor(valuesAt, placeOf(state, node));
  if (words.length === 0) return null;
  const options = words.map((word): Completion => ({ label: `"${word}"`, type: isKey ? 'property' : 'constant' }));
  return { from: node.from, to: node.to, options, validFor: /^"[\w-]*"?$/ };
}
