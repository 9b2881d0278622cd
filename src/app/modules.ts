import { accessModule } from '#access/module.ts';
import { organisationById } from '#organisation/organisation-store.ts';
import { organisationModule } from '#organisation/module.ts';
import type { Core } from '#platform/core.ts';
import { createSecretBox, masterKey, type SecretBox } from '#platform/crypto/secret-box.ts';
import type { Credentials, Identity } from '#platform/http/server.ts';
import type { Module } from '#platform/module.ts';
import type { AppOptions } from './build-app.ts';

/** Every module of the product, wired by hand. Nothing else knows them all. */
export interface Modules {
  readonly list: readonly Module[];
  readonly secrets: SecretBox;
  readonly authenticate: (credentials: Credentials) => Promise<Identity | null>;
  /** After each commit of this process that wrote events. */
  readonly onCommitted: (orgId: string) => void;
  close(): Promise<void>;
}

export async function buildModules(core: Core, options: AppOptions): Promise<Modules> {
  const secrets = createSecretBox({ current: masterKey(options.keys.secrets) });
  const access = accessModule(core, {
    secrets,
    tokenKey: options.keys.tokens,
    csrfKey: options.keys.csrf,
    describeOrganisation: async (orgId) => {
      const { id, name } = await organisationById(core.db, orgId);
      return { id, name, sample: false };
    },
  });
  return {
    list: [access, organisationModule(core)],
    secrets,
    authenticate: access.authenticate,
    onCommitted: () => undefined,
    close: async () => undefined,
  };
}
