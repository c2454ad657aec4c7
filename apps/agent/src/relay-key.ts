import type { AgentConfig } from './agent.config.js';

/** What the admin is counted by, which passes on what others call for: its name, or without TLS its address. */
export function relayKey({ access, admin }: Pick<AgentConfig, 'access' | 'admin'>): string {
  const { address, name } = admin;
  return access.tls || address.protocol !== 'tcp' ? name : address.host;
}
