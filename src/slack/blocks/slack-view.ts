import { type PlainText, plain, type SlackBlock } from '../slack-message.ts';

export interface SlackOption {
  readonly text: PlainText;
  readonly value: string;
}

/** An element of a form, as Slack names it. */
export interface FormElement {
  readonly type: string;
  readonly action_id: string;
  readonly [key: string]: unknown;
}

export type ViewBlock =
  | SlackBlock
  | { readonly type: 'divider' }
  | {
      readonly type: 'input';
      readonly block_id: string;
      readonly label: PlainText;
      readonly element: FormElement;
      readonly optional: boolean;
      readonly hint?: PlainText;
      readonly dispatch_action?: true;
    };

/** A modal or a home tab. */
export interface SlackView {
  readonly type: 'modal' | 'home';
  readonly callback_id?: string;
  readonly title?: PlainText;
  readonly submit?: PlainText;
  readonly close?: PlainText;
  readonly private_metadata?: string;
  readonly blocks: readonly ViewBlock[];
}

/** What Slack allows. */
export const viewLimits = { blocks: 100, title: 24, options: 100, optionText: 75, optionValue: 150 } as const;

/** Long texts would be refused as a whole. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** One thing to choose. The value is JSON, so that numbers come back as numbers; null when it is too long for Slack. */
export function optionOf(value: unknown, label: string): SlackOption | null {
  const text = JSON.stringify(value);
  if (text.length > viewLimits.optionValue) return null;
  return { text: plain(cut(label.trim() || '…', viewLimits.optionText)), value: text };
}
