import type { Approval } from '#approvals/approval.ts';
import type { WholeExecution } from '#pipelines/execution.ts';
import type { RunView } from '#runs/run.ts';
import { isJsonObject, type JsonObject } from '#platform/json.ts';
import { escapeMrkdwn, linkWithin, listWithin } from '../escape-mrkdwn.ts';
import { contextOf, section, type SlackBlock, type SlackLanguage } from '../slack-message.ts';
import { textOf } from '../web-api-client.ts';
import { approvalWords } from './approval-words.ts';
import { linkWords } from './link-words.ts';
import { runLine } from './run-message.ts';

interface Scorecard {
  readonly title: string;
  readonly levels: readonly { readonly title: string }[];
  readonly rules: readonly unknown[];
}

/** What a link of the portal leads to, as whoever may look at it found it. */
export type LinkTarget =
  | { readonly kind: 'entity'; readonly blueprint: string; readonly entity: JsonObject }
  | { readonly kind: 'run'; readonly run: RunView }
  | { readonly kind: 'approval'; readonly approval: Approval }
  | { readonly kind: 'scorecard'; readonly scorecard: Scorecard }
  | ({ readonly kind: 'execution' } & WholeExecution)
  | { readonly kind: 'application'; readonly application: Application };

interface Application {
  readonly name: string;
  readonly pipelines: number;
  /** Executions that wait for a decision. */
  readonly awaiting: number;
}

/** A few facts about it: names and states, never properties. */
export function linkPreview(
  target: LinkTarget,
  { url, publicUrl, language }: { readonly url: string; readonly publicUrl: string; readonly language: SlackLanguage },
): readonly SlackBlock[] {
  if (target.kind === 'run') return [section(runLine(target.run, publicUrl, language))];
  const { title, facts } = told(target, language);
  const line = section(`*${linkWithin(url, title, 2_000)}*`);
  return facts.length === 0 ? [line] : [line, contextOf(facts)];
}

interface Told {
  readonly title: string;
  readonly facts: readonly string[];
}

function told(target: Exclude<LinkTarget, { kind: 'run' }>, language: SlackLanguage): Told {
  if (target.kind === 'entity') return entityFacts(target, language);
  if (target.kind === 'execution') return executionFacts(target, language);
  return target.kind === 'application' ? applicationFacts(target.application, language) : otherFacts(target, language);
}

const stagesNamed = 5;

/** Where it stands, and at which stages; nothing of what it was started with. */
function executionFacts({ execution, stages }: WholeExecution, language: SlackLanguage): Told {
  const words = linkWords[language];
  const running = stages.filter(({ status }) => status === 'RUNNING');
  const judged = running.filter(({ type }) => type === 'manualJudgment');
  const at = (judged.length > 0 ? judged : running).slice(0, stagesNamed);
  const names = at.map(({ name }) => escapeMrkdwn(name, 60)).join(', ');
  const isOpen = execution.ended_at === null && at.length > 0;
  return {
    title: `${execution.name} #${execution.number}`,
    facts: [
      words.executionStates[execution.status],
      ...(isOpen ? [judged.length > 0 ? words.awaits(names) : words.stands(names)] : []),
      escapeMrkdwn(execution.application, 100),
      words.startedBy(escapeMrkdwn(execution.authentication.user, 100)),
    ],
  };
}

function applicationFacts({ name, pipelines, awaiting }: Application, language: SlackLanguage): Told {
  const words = linkWords[language];
  const waiting = awaiting === 0 ? [] : [words.awaiting(awaiting)];
  return { title: name, facts: [words.application, words.pipelines(pipelines), ...waiting] };
}

function entityFacts({ blueprint, entity }: Extract<LinkTarget, { kind: 'entity' }>, language: SlackLanguage): Told {
  const teams = Array.isArray(entity['team']) ? entity['team'].map(String) : [];
  const scorecards = isJsonObject(entity['scorecards']) ? Object.entries(entity['scorecards']) : [];
  const levels = scorecards.flatMap(([name, scores]) => {
    const level = isJsonObject(scores) ? textOf(scores['level']) : '';
    return level === '' ? [] : [`${escapeMrkdwn(name, 60)}: *${escapeMrkdwn(level, 40)}*`];
  });
  return {
    title: textOf(entity['title']) || String(entity['identifier']),
    facts: [
      escapeMrkdwn(blueprint),
      ...(teams.length === 0 ? [] : [linkWords[language].owned(escapeMrkdwn(teams.join(', ')))]),
      ...levels.slice(0, 5),
    ],
  };
}

function otherFacts(target: Extract<LinkTarget, { kind: 'approval' | 'scorecard' }>, language: SlackLanguage): Told {
  const words = linkWords[language];
  if (target.kind === 'approval') {
    const { title, state, requestedByName } = target.approval;
    const asked = words.startedBy(escapeMrkdwn(requestedByName));
    return { title: approvalWords[language].headers[state](title), facts: [words.approval, asked] };
  }
  const { title, rules, levels } = target.scorecard;
  const names = listWithin(
    levels.map((level) => escapeMrkdwn(level.title, 40)),
    1_000,
  );
  return { title, facts: [words.scorecard, words.rules(rules.length), words.levels(names)] };
}
