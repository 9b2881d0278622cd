import { listSetting } from '../config/setting.ts';
import type { Setting } from '../config/setting.ts';
import { parseAllowList } from './allow-list.ts';

const list = listSetting('QUAYSIDE_EGRESS_ALLOW', {
  description:
    'CIDR blocks, addresses or host names, each with an optional port, that outgoing calls may reach although they are private.',
  default: [],
});

const egressAllow: Setting<readonly string[]> = {
  ...list,
  parse(text) {
    const entries = list.parse(text);
    try {
      parseAllowList(entries);
    } catch (error) {
      throw new Error(`holds an entry that cannot be read. ${error instanceof Error ? error.message : ''}`, {
        cause: error,
      });
    }
    return entries;
  },
};

export const egressSettings = { egressAllow } as const;
