export const systems = [
  { identifier: 'storefront', title: 'Storefront', team: ['checkout'], properties: { purpose: 'What shoppers see' } },
  { identifier: 'money', title: 'Money', team: ['payments'], properties: { purpose: 'Payments and books' } },
  { identifier: 'logistics', title: 'Logistics', team: ['fulfilment'], properties: { purpose: 'From shelf to door' } },
  { identifier: 'foundation', title: 'Foundation', team: ['platform'], properties: { purpose: 'Shared machinery' } },
] as const;

type System = (typeof systems)[number]['identifier'];

/** What one line of the table below says; absent means nobody has seen to it yet. */
interface Facts {
  readonly team?: string;
  readonly system: System;
  readonly language: 'Go' | 'Kotlin' | 'Python' | 'TypeScript';
  readonly tier: 'Mission Critical' | 'Customer Facing' | 'Internal';
  readonly lifecycle?: 'Experimental' | 'Deprecated';
  readonly onCall?: string;
  readonly does: string;
  readonly hasReadme?: false;
  readonly hasRunbook?: true;
  readonly hasDashboard?: true;
  readonly channel?: string;
  readonly coverage?: number;
  readonly slo?: number;
  readonly needs?: readonly string[];
}

/** A dozen services, from exemplary to nobody's: every level of the scorecard has some. */
const services: Readonly<Record<string, Facts>> = {
  checkout: {
    team: 'checkout',
    system: 'storefront',
    language: 'Go',
    tier: 'Mission Critical',
    onCall: 'checkout-oncall',
    does: 'Turns a cart into an order: prices, taxes, payment, confirmation.',
    hasRunbook: true,
    hasDashboard: true,
    channel: '#team-checkout',
    coverage: 86,
    slo: 99.95,
    needs: ['payment-gateway', 'inventory', 'accounts'],
  },
  'payment-gateway': {
    team: 'payments',
    system: 'money',
    language: 'Kotlin',
    tier: 'Mission Critical',
    onCall: 'payments-oncall',
    does: 'Talks to card schemes and banks so that nothing else has to.',
    hasRunbook: true,
    hasDashboard: true,
    channel: '#team-payments',
    coverage: 91,
    slo: 99.99,
    needs: ['ledger'],
  },
  accounts: {
    team: 'platform',
    system: 'foundation',
    language: 'TypeScript',
    tier: 'Mission Critical',
    onCall: 'platform-oncall',
    does: 'Sign-up, sign-in and profiles.',
    hasRunbook: true,
    hasDashboard: true,
    channel: '#team-platform',
    coverage: 78,
    slo: 99.9,
  },
  ledger: {
    team: 'payments',
    system: 'money',
    language: 'Kotlin',
    tier: 'Mission Critical',
    onCall: 'payments-oncall',
    does: 'Double-entry books. Appends, never changes.',
    hasRunbook: true,
    hasDashboard: true,
    channel: '#team-payments',
    coverage: 94,
  },
  inventory: {
    team: 'fulfilment',
    system: 'logistics',
    language: 'Go',
    tier: 'Customer Facing',
    onCall: 'fulfilment-oncall',
    does: 'Knows what lies where, and what is promised to whom.',
    hasRunbook: true,
    hasDashboard: true,
    channel: '#team-fulfilment',
    coverage: 63,
    slo: 99.9,
  },
  notifications: {
    team: 'platform',
    system: 'foundation',
    language: 'TypeScript',
    tier: 'Customer Facing',
    onCall: 'platform-oncall',
    does: 'E-mail, SMS and push, with templates and quiet hours.',
    hasRunbook: true,
    hasDashboard: true,
    channel: '#team-platform',
    coverage: 71,
    needs: ['accounts'],
  },
  search: {
    team: 'insights',
    system: 'storefront',
    language: 'Python',
    tier: 'Customer Facing',
    onCall: 'insights-oncall',
    does: 'Finds products, forgives typing.',
    hasDashboard: true,
    channel: '#team-insights',
    coverage: 58,
    slo: 99.5,
    needs: ['inventory'],
  },
  shipping: {
    team: 'fulfilment',
    system: 'logistics',
    language: 'Go',
    tier: 'Customer Facing',
    onCall: 'fulfilment-oncall',
    does: 'Picks a carrier, prints the label, follows the parcel.',
    hasRunbook: true,
    coverage: 66,
    needs: ['inventory', 'notifications'],
  },
  recommendations: {
    team: 'insights',
    system: 'storefront',
    language: 'Python',
    tier: 'Customer Facing',
    lifecycle: 'Experimental',
    onCall: 'insights-oncall',
    does: 'Suggests what else goes into the cart.',
    coverage: 41,
    needs: ['search'],
  },
  invoicing: {
    team: 'payments',
    system: 'money',
    language: 'Kotlin',
    tier: 'Internal',
    does: 'Draws up invoices and credit notes.',
    hasRunbook: true,
    channel: '#team-payments',
    coverage: 72,
    needs: ['ledger'],
  },
  returns: {
    team: 'fulfilment',
    system: 'logistics',
    language: 'TypeScript',
    tier: 'Internal',
    does: 'Takes parcels back.',
    hasReadme: false,
    channel: '#team-fulfilment',
    coverage: 37,
    needs: ['shipping', 'payment-gateway'],
  },
  'legacy-exporter': {
    system: 'money',
    language: 'Python',
    tier: 'Internal',
    lifecycle: 'Deprecated',
    does: 'Writes last night’s orders to a file somebody still reads.',
    hasReadme: false,
    coverage: 9,
    needs: ['ledger'],
  },
};

/** As the API takes them; related services come first. */
export const serviceEntities: readonly object[] = [...inOrderOfNeed()].map((entry) => serviceEntity(...entry));

function serviceEntity(identifier: string, facts: Facts): object {
  const title = sentenceCase(identifier);
  const { tier, language, lifecycle = 'Production' } = facts;
  const docs = `https://docs.example.com/${identifier}`;
  return {
    identifier,
    title,
    team: facts.team === undefined ? [] : [facts.team],
    properties: withoutAbsent({
      language,
      tier,
      lifecycle,
      on_call: facts.onCall === undefined ? undefined : `${facts.onCall}@example.com`,
      readme: facts.hasReadme === false ? undefined : readme(title, facts),
      repository: `https://git.example.com/shop/${identifier}`,
      url: tier === 'Internal' ? undefined : `https://${identifier}.example.com`,
      runbook: facts.hasRunbook === true ? `${docs}/runbook` : undefined,
      dashboard: facts.hasDashboard === true ? `https://metrics.example.com/d/${identifier}` : undefined,
      slack_channel: facts.channel,
      test_coverage: facts.coverage,
      slo: facts.slo,
    }),
    relations: { system: facts.system, depends_on: facts.needs ?? [] },
  };
}

function readme(title: string, { does, needs = [], language }: Facts): string {
  const leansOn = needs.length === 0 ? 'It stands on its own.' : needs.map((need) => `- \`${need}\``).join('\n');
  return `# ${title}\n\n${does}\n\n## Depends on\n\n${leansOn}\n\n## Develop\n\nWritten in ${language}. \`make run\` starts it with everything it needs.\n`;
}

function sentenceCase(identifier: string): string {
  const words = identifier.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function withoutAbsent(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

/** A service after everything it depends on, since a relation's target must exist. */
function inOrderOfNeed(): ReadonlyMap<string, Facts> {
  const ordered = new Map<string, Facts>();
  const visit = (identifier: string): void => {
    const facts = services[identifier];
    if (facts === undefined || ordered.has(identifier)) return;
    for (const need of facts.needs ?? []) visit(need);
    ordered.set(identifier, facts);
  };
  for (const identifier of Object.keys(services)) visit(identifier);
  return ordered;
}
