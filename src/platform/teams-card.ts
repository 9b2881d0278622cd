/** What a message of Microsoft Teams shows. */
export interface TeamsMessage {
  readonly title: string;
  readonly lines: readonly string[];
  readonly facts?: readonly { readonly label: string; readonly value: string }[];
  readonly link: { readonly url: string; readonly label: string };
}

const longestText = 5_000;

/** For an incoming webhook or a workflow of Teams: one adaptive card with a link. */
export function teamsCard({ title, lines, facts = [], link }: TeamsMessage): Record<string, unknown> {
  const text = (shown: string, more: object = {}): object => ({
    type: 'TextBlock',
    text: plain(shown).slice(0, longestText),
    wrap: true,
    ...more,
  });
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      text(title, { weight: 'Bolder', size: 'Medium' }),
      ...lines.filter((line) => line.trim() !== '').map((line) => text(line)),
      ...(facts.length === 0
        ? []
        : [
            { type: 'FactSet', facts: facts.map(({ label, value }) => ({ title: plain(label), value: plain(value) })) },
          ]),
    ],
    actions: [{ type: 'Action.OpenUrl', title: link.label, url: link.url }],
  };
  return {
    type: 'message',
    summary: title,
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

/** Cards read markdown: nothing that people wrote becomes a link, a mention or a heading. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>#]/g, (mark) => (mark === '<' ? '&lt;' : mark === '>' ? '&gt;' : `\\${mark}`));
}
