import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../ui/time.tsx';
import type { Block, TextObject } from './blocks.ts';
import { mrkdwn, withEmoji } from './mrkdwn.tsx';
import classes from './slack-message.module.css';

interface SlackMessageProps {
  readonly userName: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly at?: string;
}

/** A message as Slack would show it. */
export function SlackMessage({ userName, text, blocks, at }: SlackMessageProps) {
  const { t } = useTranslation('slack');
  return (
    <article className={classes['message']}>
      <span className={classes['face']} aria-hidden>
        {userName.slice(0, 1).toUpperCase()}
      </span>
      <div className={classes['content']}>
        <header>
          <strong>{userName}</strong>
          <span className={classes['app']}>{t('app')}</span>
          {at !== undefined && <RelativeTime at={at} />}
        </header>
        {blocks.length === 0 ? (
          <p>{mrkdwn(text)}</p>
        ) : (
          blocks.map((block, index) => <BlockView key={index} block={block} />)
        )}
      </div>
    </article>
  );
}

const words = (text: TextObject) => (text.type === 'mrkdwn' ? mrkdwn(text.text) : withEmoji(text.text));

function BlockView({ block }: { readonly block: Block }) {
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
      return (
        <div className={classes['actions']}>
          {block.elements.map((element, index) => (
            <span key={index} data-style={element.style}>
              {withEmoji(element.text.text)}
            </span>
          ))}
        </div>
      );
    default:
      return null;
  }
}
