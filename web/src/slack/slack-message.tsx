import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../ui/time.tsx';
import type { Block, TextObject } from './blocks.ts';
import { MessageActions, type Press } from './message-actions.tsx';
import { mrkdwn, withEmoji } from './mrkdwn.tsx';
import classes from './slack-message.module.css';

interface SlackMessageProps {
  readonly userName: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly at?: string;
  /** Slack shows it to the reader alone. */
  readonly onlyYou?: boolean | undefined;
  readonly press?: Press | undefined;
  readonly busy?: boolean | undefined;
}

/** A message as Slack would show it. */
export function SlackMessage({ userName, text, blocks, at, onlyYou = false, press, busy }: SlackMessageProps) {
  const { t } = useTranslation('slack');
  return (
    <article className={classes['message']} data-only-you={onlyYou || undefined}>
      <span className={classes['face']} aria-hidden>
        {userName.slice(0, 1).toUpperCase()}
      </span>
      <div className={classes['content']}>
        <header>
          <strong>{userName}</strong>
          <span className={classes['app']}>{t('app')}</span>
          {at !== undefined && <RelativeTime at={at} />}
          {onlyYou && <span>{t('onlyYou')}</span>}
        </header>
        {blocks.length === 0 ? (
          <p>{mrkdwn(text)}</p>
        ) : (
          blocks.map((block, index) => <BlockView key={index} block={block} press={press} busy={busy} />)
        )}
      </div>
    </article>
  );
}

const words = (text: TextObject) => (text.type === 'mrkdwn' ? mrkdwn(text.text) : withEmoji(text.text));

interface BlockViewProps extends Pick<SlackMessageProps, 'press' | 'busy'> {
  readonly block: Block;
}

function BlockView({ block, press, busy }: BlockViewProps) {
  switch (block.type) {
    case 'header':
      return <p className={classes['header']}>{words(block.text)}</p>;
    case 'section':
      return (
        <div className={classes['section']}>
          {block.text !== undefined && <p>{words(block.text)}</p>}
          {block.fields !== undefined && (
            <ul>
              {block.fields.map((field, index) => (
                <li key={index}>{words(field)}</li>
              ))}
            </ul>
          )}
        </div>
      );
    case 'context':
      return (
        <p className={classes['context']}>
          {block.elements.map((element, index) => (
            <span key={index}>{words(element)}</span>
          ))}
        </p>
      );
    case 'divider':
      return <hr />;
    case 'actions':
      return <MessageActions block={block} press={press} busy={busy} />;
    default:
      return null;
  }
}
