import type { RunView } from '#runs/run.ts';
import { escapeMrkdwn, mrkdwnLink } from '../escape-mrkdwn.ts';
import { contextOf, section, type SlackLanguage, type SlackMessage } from '../slack-message.ts';
import { runWords } from './run-words.ts';

/** A run in one line. */
export function runLine(run: RunView, publicUrl: string, language: SlackLanguage): string {
  const link = mrkdwnLink(`${publicUrl}/runs/${run.id}`, run.action_snapshot.title ?? run.action);
  return `${icons[run.status] ?? '•'} *${link}*  ·  ${runWords[language].states[run.status]}`;
}

/** A run as a message, from its state alone. */
export function runMessage(run: RunView, publicUrl: string, language: SlackLanguage): SlackMessage {
  const words = runWords[language];
  const name = run.action_snapshot.title ?? run.action;
  const icon = icons[run.status] ?? '•';
  const label = escapeMrkdwn(run.status_label ?? '', 100);
  const state = words.states[run.status];
  const target = run.entity === null ? '' : escapeMrkdwn(run.entity_title ?? run.entity);
  const facts = [
    ...(target === '' ? [] : [words.on(target)]),
    ...(label === '' ? [] : [label]),
    ...(run.summary === null || run.summary === '' ? [] : [escapeMrkdwn(run.summary, 500)]),
  ];
  return {
    text: `${icon} ${escapeMrkdwn(name)}: ${state}`,
    blocks: [section(runLine(run, publicUrl, language)), ...(facts.length === 0 ? [] : [contextOf(facts)])],
  };
}

const icons: Readonly<Record<RunView['status'], string>> = {
  IN_PROGRESS: '▶️',
  WAITING_FOR_APPROVAL: '⏳',
  SUCCESS: '✅',
  FAILURE: '❌',
  DECLINED: '⛔',
};
