import { colourNames } from '../../ui/chip.tsx';
import { jsonCompletion } from '../../ui/json-completion.ts';

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

/** Keys and words of a definition, offered while a text in quotes is typed. */
export const completeDefinition = jsonCompletion({ keys: keysAt, values: valuesAt });
