import type { Action } from '../api/wire.ts';

export interface Backend {
  readonly kind:
    | 'github'
    | 'gitlab'
    | 'azure'
    | 'kafka'
    | 'webhook'
    | 'entity'
    | 'builtIn'
    | 'slack'
    | 'integration'
    | 'other';
  readonly icon: string;
  /** Where it goes, short enough for one line. */
  readonly target: string;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** Which backend an action calls, for people. */
export function backendOf({ invocationMethod: method }: Action): Backend {
  switch (method.type) {
    case 'GITHUB':
      return {
        kind: 'github',
        icon: 'Github',
        target: `${text(method['org'])}/${text(method['repo'])} · ${text(method['workflow'])}`,
      };
    case 'GITLAB':
      return { kind: 'gitlab', icon: 'GitLab', target: `${text(method['groupName'])}/${text(method['projectName'])}` };
    case 'WEBHOOK':
      return { kind: 'webhook', icon: 'Link', target: hostOf(text(method['url'])) };
    case 'UPSERT_ENTITY':
      return { kind: 'entity', icon: 'Blueprint', target: text(method['blueprintIdentifier']) };
    case 'SCORECARD_REMINDER':
      return { kind: 'builtIn', icon: 'Slack', target: text(method['scorecardIdentifier']) || 'scorecard reminder' };
    case 'SLACK_MESSAGE':
      return { kind: 'slack', icon: 'Slack', target: text(method['channel']) || 'Slack' };
    case 'AZURE_DEVOPS':
    case 'AZURE-DEVOPS':
      return { kind: 'azure', icon: 'Azure', target: `${text(method['org'])}/${text(method['webhook'])}` };
    case 'KAFKA':
      return { kind: 'kafka', icon: 'Server', target: 'Kafka' };
    case 'INTEGRATION_ACTION':
      return { kind: 'integration', icon: 'Bolt', target: text(method['installationId']) };
    default:
      return { kind: 'other', icon: 'Terminal', target: method.type };
  }
}
