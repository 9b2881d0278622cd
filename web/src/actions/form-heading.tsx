import classes from './form-heading.module.css';
import type { Heading } from './form-layout.ts';

/** Parts a form between its inputs. */
export function FormHeading({ heading: { title, description } }: { readonly heading: Heading }) {
  return (
    <div className={classes['heading']}>
      <h3>{title}</h3>
      {description !== undefined && description !== '' && <p>{description}</p>}
    </div>
  );
}
