import type { Type } from '@nestjs/common';
import type { ServiceName } from '@givc/rpc';
import type { AgentConfig } from './agent.config.js';

/** What an agent can do beside controlling its units: one folder of this app. */
export interface Capability {
  isEnabled(config: AgentConfig): boolean;
  /** The gRPC services that it answers on the agent's own listener. */
  readonly services: readonly ServiceName[];
  /** Imported only if it is enabled; `AgentModule` provides it with configuration, log, systemd and the registration. */
  readonly module: Type;
}
