import type { AgentConfig } from './agent.config.js';

/** What an agent's configuration says of the admin. */
export const adminOfConfig = {
  access: { tls: undefined },
  admin: { name: 'admin-vm', address: { protocol: 'tcp', host: '127.0.0.9', port: 9001 } },
} as unknown as Pick<AgentConfig, 'access' | 'admin'>;
