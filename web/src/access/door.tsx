import type { ReactNode } from 'react';
import { Mark } from '../shell/mark.tsx';
import classes from './door.module.css';
import { LanguageSwitch } from './language-switch.tsx';

/** The frame of the pages before sign-in: the form on the left, the harbour on the right. */
export function Door({
  title,
  lead,
  children,
}: {
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}) {
  return (
    <div className={classes['door']}>
      <main className={classes['form']}>
        <div className={classes['mark']}>
          <Mark />
          <LanguageSwitch />
        </div>
        <div className={classes['column']}>
          <h1>{title}</h1>
          <p className={classes['lead']}>{lead}</p>
          {children}
        </div>
      </main>
      <Harbour />
    </div>
  );
}

function Harbour() {
  return (
    <div className={classes['harbour']} aria-hidden>
      <svg viewBox="0 0 640 800" preserveAspectRatio="xMidYMax slice" fill="none">
        <circle cx="452" cy="210" r="64" className={classes['moon']} />
        <g className={classes['crane']} strokeWidth="5" strokeLinejoin="round" strokeLinecap="round">
          <path d="M120 560V250M190 560V250M120 250h70M155 250 430 206M155 250V176l275 30M155 176 60 236v24h95M120 320l70 70M120 390l70 70M120 460l70 70M190 320l-70 70M190 390l-70 70M190 460l-70 70" />
          <path d="M384 214v126M356 340h56v40h-56z" />
        </g>
        <g className={classes['hull']}>
          <path d="M300 560h300l-38 66H330z" />
          <path d="M336 512h52v42h-52zM396 512h52v42h-52zM456 512h52v42h-52zM366 464h52v42h-52zM426 464h52v42h-52z" />
          <path d="M532 470h36v84h-36z" />
        </g>
        <path d="M0 560h232v28H0z" className={classes['quay']} />
        <g className={classes['waves']} strokeWidth="4" strokeLinecap="round">
          <path d="M0 640c27-18 53-18 80 0s53 18 80 0 53-18 80 0 53 18 80 0 53-18 80 0 53 18 80 0 53-18 80 0 53 18 80 0 53 18 80 0 53-18 80 0" />
          <path d="M-40 690c27-18 53-18 80 0s53 18 80 0 53-18 80 0 53 18 80 0 53-18 80 0 53 18 80 0 53-18 80 0 53 18 80 0 53 18 80 0 53-18 80 0" />
          <path d="M0 740c27-18 53-18 80 0s53 18 80 0 53-18 80 0 53 18 80 0 53-18 80 0 53 18 80 0 53-18 80 0 53 18 80 0 53 18 80 0 53-18 80 0" />
        </g>
      </svg>
    </div>
  );
}
