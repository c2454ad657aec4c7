import { Injectable } from '@nestjs/common';
import { GivcError, type UnitName } from '@givc/model';
import { Log } from '@givc/log';
import { AgentConnections } from '../agents/agent-connections.js';
import { RegistryService } from '../registry/registry.service.js';

/** Suspending and waking up takes as long as a person sleeps; systemd answers after both. */
const suspendDeadlineMs = 24 * 60 * 60 * 1_000;

/** Power management of the host, by the targets of systemd.special(7). */
@Injectable()
export class PowerService {
  constructor(
    private readonly registry: RegistryService,
    private readonly agents: AgentConnections,
    private readonly log: Log,
  ) {}

  /** Resolves once the host goes down: with the agent's answer, or with the end of the agent. */
  poweroff(): Promise<void> {
    return this.#goDown('poweroff.target');
  }

  /** Resolves once the host goes down: with the agent's answer, or with the end of the agent. */
  reboot(): Promise<void> {
    return this.#goDown('reboot.target');
  }

  /** Resolves once systemd's job is done, which is after the host has woken up again. */
  async suspend(): Promise<void> {
    this.log.info('system command', { target: 'suspend.target' });
    await this.#host().startUnit('suspend.target' as UnitName, suspendDeadlineMs);
  }

  async #goDown(target: string): Promise<void> {
    this.log.info('system command', { target });
    const host = this.#host();
    const wasReachable = host.isReachable;
    try {
      await host.startUnit(target as UnitName);
    } catch (error) {
      const wentDown = error instanceof GivcError && error.reason === 'UNAVAILABLE' && wasReachable;
      if (!wentDown) throw error;
    }
  }

  #host() {
    return this.agents.of(this.registry.host().machine);
  }
}
