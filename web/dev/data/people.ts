import type { Session, Team, User } from '../../src/api/wire.ts';
import { ago } from './catalog.ts';

const person = (email: string, firstName: string, lastName: string, role: string, status = 'ACTIVE'): User => ({
  id: `usr_${email.split('@')[0]}`,
  email,
  firstName,
  lastName,
  status,
  roles: [role],
  teams: [],
  createdAt: ago(2000),
});

export const users: User[] = [
  person('admin@example.com', 'Platform', 'Admin', 'Admin'),
  person('dev@example.com', 'Payments', 'Developer', 'Member'),
  person('lead@example.com', 'Payments', 'Lead', 'Moderator'),
  person('ops@example.com', 'Fulfilment', 'Operator', 'Member'),
  person('web@example.com', 'Web', 'Developer', 'Member'),
  { ...person('new@example.com', '', '', 'Member', 'INVITED') },
];

const team = (name: string, description: string, ...emails: string[]): Team => ({
  name,
  description,
  users: users
    .filter((one) => emails.includes(one.email))
    .map(({ email, firstName, lastName }) => ({ email, firstName: firstName ?? null, lastName: lastName ?? null })),
});

export const teams: Team[] = [
  team('payments', 'Checkout, ledger, invoices', 'dev@example.com', 'lead@example.com'),
  team('fulfilment', 'From order to door', 'ops@example.com'),
  team('web', 'What customers see', 'web@example.com'),
  team('data', 'Models and pipelines'),
  team('identity', 'Accounts and access', 'admin@example.com'),
];

export const session: Session = {
  person: {
    id: 'usr_admin',
    email: 'admin@example.com',
    firstName: 'Platform',
    lastName: 'Admin',
    roles: ['Admin'],
    teams: ['identity'],
    language: null,
  },
  organisation: { id: 'org_7SDeR821bunhS8es', name: 'Harbour', sample: true },
  csrfToken: 'csrf-sample',
};
