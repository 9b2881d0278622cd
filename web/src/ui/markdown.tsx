import type { Components } from 'react-markdown';
import ReactMarkdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import classes from './markdown.module.css';

/** Pictures would be fetched from wherever the text says; they become links that a person may follow. */
const components: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <a href={typeof src === 'string' ? src : undefined} target="_blank" rel="noreferrer">
      {alt === undefined || alt === '' ? src : alt}
    </a>
  ),
};

/** Text in Markdown. Markup inside it is shown as text, and links lead only to web and mail addresses. */
export function Markdown({ value }: { readonly value: string }) {
  return (
    <div className={classes['markdown']}>
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={components}>
        {value}
      </ReactMarkdown>
    </div>
  );
}
