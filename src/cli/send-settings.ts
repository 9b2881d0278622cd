import type { SlackLanguage } from '#slack/slack-message.ts';
import type { CliIo } from './cli-io.ts';

export interface SendSettings {
  readonly baseUrl: string;
  /** Where the links of the message lead. */
  readonly appUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly slackWebhookUrl: string;
  readonly operation: 'scorecard_reminder' | 'scorecard_report';
  readonly blueprint: string;
  readonly scorecard: string;
  /** One more search rule that entities must meet. */
  readonly filterRule: Readonly<Record<string, unknown>> | undefined;
  readonly language: SlackLanguage;
}

export type ReadSettings =
  | { readonly settings: SendSettings; readonly notes: readonly string[] }
  | { readonly mistakes: readonly string[] };

const LATER = new Map([
  ['ticket_handler', 'Jira'],
  ['issue_handler', 'GitHub'],
]);

/**
 * Reads the `INPUT_*` variables of Port's sender container, and `INPUT_PORT_BASE_URL`. Tells all mistakes at once.
 * A runner that hands over the inputs of `action.yml` under their own names says `INPUT_BASE_URL`.
 */
export function readSendSettings(env: CliIo['env']): ReadSettings {
  const mistakes: string[] = [];
  const read = (name: string): string => env[`INPUT_${name}`]?.trim() ?? '';
  const needed = (name: string, what: string): string => {
    const value = read(name);
    if (value === '') mistakes.push(`INPUT_${name} is missing: ${what}.`);
    return value;
  };
  const address = (name: string, value: string): string => {
    if (value !== '' && !/^https?:$/.test(URL.parse(value)?.protocol ?? '')) {
      mistakes.push(`INPUT_${name} is not an address: it must start with http:// or https://.`);
    }
    return value;
  };

  const operation = readOperation(needed('OPERATION_KIND', 'scorecard_reminder or scorecard_report'), mistakes);
  readTarget(read('TARGET_KIND'), operation, mistakes);
  const baseUrl = address(
    'PORT_BASE_URL',
    read('PORT_BASE_URL') || read('BASE_URL') || env['QUAYSIDE_URL']?.trim() || '',
  );
  if (baseUrl === '') {
    mistakes.push(
      'INPUT_PORT_BASE_URL is missing: the address of your Quayside, such as https://quayside.example.com.',
    );
  }
  const settings = {
    clientId: needed('PORT_CLIENT_ID', 'the client id shown under Credentials'),
    clientSecret: needed('PORT_CLIENT_SECRET', 'the client secret shown under Credentials'),
    slackWebhookUrl: address('SLACK_WEBHOOK_URL', needed('SLACK_WEBHOOK_URL', 'the incoming webhook of the channel')),
    blueprint: needed('BLUEPRINT', 'the blueprint whose entities are looked at, such as service'),
    scorecard: needed('SCORECARD', 'the identifier of the scorecard'),
    filterRule: readFilterRule(read('FILTER_RULE'), mistakes),
    language: readLanguage(read('LANGUAGE'), mistakes),
    appUrl: withoutTail(address('PORT_APP_URL', read('PORT_APP_URL') || read('APP_URL')) || baseUrl),
    baseUrl: withoutTail(baseUrl),
  };
  if (mistakes.length > 0 || operation === undefined || operation === 'later') return { mistakes };
  const notes = read('PORT_REGION') === '' ? [] : ['INPUT_PORT_REGION has no meaning here and is ignored.'];
  return { settings: { ...settings, operation }, notes };
}

function readOperation(kind: string, mistakes: string[]): SendSettings['operation'] | 'later' | undefined {
  if (kind === 'scorecard_reminder' || kind === 'scorecard_report') return kind;
  const system = LATER.get(kind);
  if (system !== undefined) {
    mistakes.push(
      `INPUT_OPERATION_KIND ${kind} is not yet available: keeping ${system} issues is not built in so far.`,
    );
    return 'later';
  }
  if (kind !== '') {
    mistakes.push(`INPUT_OPERATION_KIND "${kind}" is unknown: use scorecard_reminder or scorecard_report.`);
  }
  return undefined;
}

function readTarget(kind: string, operation: ReturnType<typeof readOperation>, mistakes: string[]): void {
  // An operation that is not available yet comes with its own target; one sentence about it is enough.
  if (kind === '' || kind === 'slack' || operation === 'later') return;
  const known = kind === 'jira' || kind === 'github';
  mistakes.push(`INPUT_TARGET_KIND ${known ? `${kind} is not yet available` : `"${kind}" is unknown`}: use slack.`);
}

function readFilterRule(text: string, mistakes: string[]): SendSettings['filterRule'] {
  if (text === '') return undefined;
  try {
    const rule: unknown = JSON.parse(text);
    if (isRule(rule)) return rule;
  } catch {
    // The sentence below covers it.
  }
  mistakes.push(
    'INPUT_FILTER_RULE is not a search rule: write JSON such as {"property":"tier","operator":"=","value":"1"}.',
  );
  return undefined;
}

function isRule(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  return ('property' in value && 'operator' in value) || ('combinator' in value && 'rules' in value);
}

function readLanguage(text: string, mistakes: string[]): SlackLanguage {
  if (text === '' || text === 'en') return 'en';
  if (text !== 'zh-CN') mistakes.push(`INPUT_LANGUAGE "${text}" is unknown: use en or zh-CN.`);
  return 'zh-CN';
}

/** Pasted addresses often end with a slash or with the API's `/v1`. */
function withoutTail(address: string): string {
  return address.replace(/\/+$/, '').replace(/\/v1$/, '');
}
