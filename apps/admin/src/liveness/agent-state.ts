import type { RegistryEntry } from '../registry/registry-entry.js';

/** What an admin knows of an agent that is registered; `report.Machine` says what each means. */
export const agentStates = ['reporting', 'asked', 'lost', 'unconfirmed'] as const;

export type AgentState = (typeof agentStates)[number];

export function agentStateOf(agent: RegistryEntry): AgentState {
  if (agent.unconfirmed) return 'unconfirmed';
  if (agent.lost) return 'lost';
  return agent.reports ? 'reporting' : 'asked';
}
