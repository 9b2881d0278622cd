import type { NewPerson } from '#access/create-person.ts';
import type { TeamInput } from '#access/save-team.ts';

/** Teams of a small shop. */
export const teams: readonly (TeamInput & { readonly name: string })[] = [
  { name: 'platform', description: 'Build, deploy, observe: everything the other teams stand on.' },
  { name: 'checkout', description: 'Cart to order confirmation.' },
  { name: 'payments', description: 'Money in, money out, and the books in between.' },
  { name: 'fulfilment', description: 'Stock, parcels and returns.' },
  { name: 'insights', description: 'Search, recommendations and reporting.' },
];

/** What the administrator of the workspace belongs to, so that the first page has something to see to. */
export const administratorTeams = ['platform', 'payments'] as const;

export const people: readonly NewPerson[] = [
  person('platform-lead', 'Platform Lead', ['platform'], ['Admin']),
  person('platform-oncall', 'Platform On-call', ['platform'], ['Member']),
  person('checkout-lead', 'Checkout Lead', ['checkout'], ['Moderator']),
  person('checkout-oncall', 'Checkout On-call', ['checkout'], ['Member']),
  person('payments-lead', 'Payments Lead', ['payments', 'checkout'], ['Moderator']),
  person('payments-oncall', 'Payments On-call', ['payments'], ['Member']),
  person('fulfilment-oncall', 'Fulfilment On-call', ['fulfilment'], ['Member']),
  person('insights-oncall', 'Insights On-call', ['insights'], ['Member']),
];

/** Nobody knows a password, so nobody can sign in as one of them; they own things and are on call. */
function person(name: string, fullName: string, memberOf: readonly string[], roles: readonly string[]): NewPerson {
  const [firstName = '', lastName = ''] = fullName.split(' ');
  return { email: `${name}@example.com`, firstName, lastName, passwordHash: null, roles, teams: memberOf };
}
