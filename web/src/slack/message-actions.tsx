import { Button, Group, Modal, Select } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ActionsBlock, ButtonElement } from './blocks.ts';
import { withEmoji } from './mrkdwn.tsx';
import classes from './slack-message.module.css';

export type Press = (actionId: string, choices: Readonly<Record<string, string>>) => void;

interface MessageActionsProps {
  readonly block: ActionsBlock;
  /** Absent where the message is only looked at. */
  readonly press?: Press | undefined;
  readonly busy?: boolean | undefined;
}

/** The buttons and selects of a message, as Slack would show them. */
export function MessageActions({ block, press, busy = false }: MessageActionsProps) {
  const [choices, setChoices] = useState<Readonly<Record<string, string>>>({});
  const [asking, setAsking] = useState<ButtonElement | null>(null);
  const send = (actionId: string | undefined): void => {
    setAsking(null);
    if (actionId !== undefined) press?.(actionId, choices);
  };
  return (
    <div className={classes['actions']}>
      {block.elements.map((element, index) => {
        if (element.type === 'static_select') {
          return (
            <Select
              key={element.action_id}
              size="xs"
              w={180}
              aria-label={element.placeholder.text}
              placeholder={element.placeholder.text}
              disabled={press === undefined}
              data={element.options.map(({ text, value }) => ({ value, label: text.text }))}
              value={choices[element.action_id] ?? null}
              onChange={(value) => setChoices({ ...choices, [element.action_id]: value ?? '' })}
            />
          );
        }
        if (press === undefined) {
          return (
            <span key={index} data-style={element.style}>
              {withEmoji(element.text.text)}
            </span>
          );
        }
        return (
          <PressButton
            key={index}
            element={element}
            busy={busy}
            onPress={() => (element.confirm === undefined ? send(element.action_id) : setAsking(element))}
          />
        );
      })}
      {asking?.confirm !== undefined && (
        <Modal opened onClose={() => setAsking(null)} title={asking.confirm.title.text} size={420}>
          <p>{withEmoji(asking.confirm.text.text)}</p>
          <Group mt={16} gap={8} justify="flex-end">
            <Button variant="default" onClick={() => setAsking(null)}>
              {asking.confirm.deny.text}
            </Button>
            <Button onClick={() => send(asking.action_id)}>{asking.confirm.confirm.text}</Button>
          </Group>
        </Modal>
      )}
    </div>
  );
}

interface PressButtonProps {
  readonly element: ButtonElement;
  readonly busy: boolean;
  readonly onPress: () => void;
}

function PressButton({ element, busy, onPress }: PressButtonProps) {
  const { url, style, text } = element;
  const approval = approvalToCommentOn(element);
  if (approval !== null) {
    return (
      <Button size="compact-sm" variant="default" component={Link} to={`/approvals/${encodeURIComponent(approval)}`}>
        {withEmoji(text.text)}
      </Button>
    );
  }
  if (url !== undefined && URL.canParse(url)) {
    const { origin, pathname, search } = new URL(url);
    return origin === location.origin ? (
      <Button size="compact-sm" variant="default" component={Link} to={`${pathname}${search}`}>
        {withEmoji(text.text)}
      </Button>
    ) : (
      <Button size="compact-sm" variant="default" component="a" href={url} target="_blank" rel="noreferrer">
        {withEmoji(text.text)}
      </Button>
    );
  }
  return (
    <Button size="compact-sm" variant="default" disabled={busy} data-style={style} onClick={onPress}>
      {withEmoji(text.text)}
    </Button>
  );
}

/** Slack opens a form for a comment; here the portal's own stands in for it. */
function approvalToCommentOn({ action_id: action, value }: ButtonElement): string | null {
  if (action !== 'approval:comment' || value === undefined) return null;
  try {
    const { id } = JSON.parse(value) as { readonly id?: unknown };
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}
