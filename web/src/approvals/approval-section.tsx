import { createContext, useContext, type ReactNode } from 'react';

type Heading = 'h2' | 'h3';

/** Which heading a part of an approval has: one below the heading it stands under. */
const HeadingContext = createContext<Heading>('h3');

export const HeadingProvider = HeadingContext.Provider;

interface ApprovalSectionProps {
  readonly title: string;
  readonly className?: string | undefined;
  readonly quiet?: boolean;
  readonly children: ReactNode;
}

export function ApprovalSection({ title, className, quiet = false, children }: ApprovalSectionProps) {
  const Title = useContext(HeadingContext);
  return (
    <section className={className} data-quiet={quiet || undefined}>
      <Title>{title}</Title>
      {children}
    </section>
  );
}
