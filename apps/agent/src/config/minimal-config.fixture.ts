import { parseAgentConfig, type AgentConfig } from '../agent.config.js';

export const transport = (name: string, port: string) => ({ name, addr: '127.0.0.1', port, protocol: 'tcp' });

/** What every configuration of an agent has. */
export const minimal = {
  identity: { type: 8, subType: 9, parent: 'microvm@net-vm.service', name: 'net-vm' },
  network: { admin: { transport: transport('admin-vm', '9001') }, agent: { transport: transport('net-vm', '9000') } },
};

export const withCapabilities = (capabilities: unknown): AgentConfig => parseAgentConfig({ ...minimal, capabilities });
