import type { Action } from '../api/wire.ts';

export interface Backend {
  readonly kind: 'github' | 'gitlab' | 'webhook' | 'entity' | 'builtIn' | 'other';
  readonly icon: string;
  /** Where it goes, short enough for one line. */
  readonly target: string;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Of an address, as far as it is one. */
export function hostOf(url: string): string {
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
    default:
      return { kind: 'other', icon: 'Terminal', target: method.type };
  }
}
