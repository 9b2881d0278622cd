/** What was typed before the page was loaded again, in this tab of the browser, by name. */
export interface KeptDrafts<Draft> {
  read(name: string): Draft | undefined;
  keep(name: string, draft: Draft): void;
  drop(name: string): void;
}

/** Drafts of one editor; `prefix` tells them from those of others. */
export function keptDrafts<Draft>(prefix: string): KeptDrafts<Draft> {
  const keyOf = (name: string): string => `${prefix}-${name}`;
  return {
    read(name) {
      try {
        const kept = sessionStorage.getItem(keyOf(name));
        return kept === null ? undefined : (JSON.parse(kept) as Draft);
      } catch {
        return undefined;
      }
    },
    keep(name, draft) {
      try {
        sessionStorage.setItem(keyOf(name), JSON.stringify(draft));
      } catch {
        // No room; the page itself still has it.
      }
    },
    drop: (name) => sessionStorage.removeItem(keyOf(name)),
  };
}
