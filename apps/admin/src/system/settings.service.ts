// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { assignmentsOf, GivcError, messageOf, type LocaleAssignments, type Timezone, type VmName } from '@givc/model';
import { Log } from '@givc/log';
import { FairQueue, type QueuedCall } from '@givc/queue';
import { locale as messages } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';
import { startsRun, PresenceService } from '../presence/presence.service.js';
import { isAgent, type AgentEntry } from '../registry/registry-entry.js';
import { RegistryStore } from '../registry/registry-store.js';
import { Distribution } from './distribution.js';
import { PersistedSetting, type PendingChange } from './persisted-setting.js';
import { isRejectedByAll } from './setting-error.js';
import { formatLocaleFile, formatTimezoneFile, parseLocaleFile, parseTimezoneFile } from './setting-files.js';
import { SettingsConfig } from './system.config.js';
import { assertZone } from './zone-database.js';

const rpc = messages.LocaleClientService;
/** A little more than the agent's limit for localectl(1), which may have to generate the locale first. */
const deadlineMs = 35_000;
/** A change takes as long as the slowest agent, which may be the caller's own. */
const limits = {
  name: 'settings',
  slots: 8,
  ofCaller: 2,
  waiting: 16,
  waitMs: 60_000,
  fix: 'wait until the earlier changes are done',
};

/**
 * The locale and the timezone of the whole computer. They are stored in files and sent to all agents in parallel, and
 * to each agent that registers later or comes back. An agent that repeats its registration is not sent them again.
 */
@Injectable()
export class SettingsService implements OnModuleInit {
  readonly #locale: PersistedSetting<LocaleAssignments>;
  readonly #timezone: PersistedSetting<Timezone>;
  readonly #queue = new FairQueue(limits);
  readonly #distributions: { readonly locale: Distribution; readonly timezone: Distribution };

  constructor(
    private readonly config: SettingsConfig,
    private readonly store: RegistryStore,
    private readonly log: Log,
    presence: PresenceService,
    agents: AgentConnections,
  ) {
    const { localeFile, timezoneFile, zoneDatabase } = config;
    const check = (timezone: Timezone) => assertZone('line 1', timezone, zoneDatabase);
    this.#locale = new PersistedSetting({ path: localeFile, parse: parseLocaleFile, format: formatLocaleFile }, log);
    this.#timezone = new PersistedSetting(
      { path: timezoneFile, parse: (text) => parseTimezoneFile(text, check), format: formatTimezoneFile },
      log,
    );
    this.#distributions = {
      locale: new Distribution('locale', agents, async (agent) => {
        const { value } = this.#locale;
        if (value) await agent.call(rpc.localeSet, { assignments: assignmentsOf(value) }, { deadlineMs });
      }),
      timezone: new Distribution('timezone', agents, async (agent) => {
        const { value } = this.#timezone;
        if (value) await agent.call(rpc.timezoneSet, { Timezone: value }, { deadlineMs });
      }),
    };
    presence.onTransition((transition) => {
      const { vm, after } = transition;
      if (startsRun(transition)) this.#catchUp(vm);
      if (!after) for (const one of Object.values(this.#distributions)) one.forget(vm);
    });
    agents.onState((vm, state) => {
      if (state === 'READY') this.#catchUp(vm, (distribution) => distribution.isPending(vm));
    });
  }

  /** This runs before any agent can register. */
  async onModuleInit(): Promise<void> {
    await Promise.all([this.#locale.read(), this.#timezone.read()]);
  }

  /**
   * Variables without an assignment keep their values. Resolves once every agent has set them; rejects with the names
   * of the agents that have not, while the others have. A change that no agent accepts is rolled back.
   * RESOURCE_EXHAUSTED when the caller, or all callers together, have too many changes open; a change that has begun
   * continues when its caller hangs up.
   */
  setLocale(assignments: LocaleAssignments, call: QueuedCall): Promise<void> {
    return this.#queue.run(call, async () => {
      const change = await this.#locale.change((before) => new Map([...(before ?? []), ...assignments]));
      await this.#distribute(change, this.#distributions.locale);
    });
  }

  /** Like `setLocale`; INVALID_ARGUMENT for a zone that the zone database does not have. */
  async setTimezone(timezone: Timezone, call: QueuedCall): Promise<void> {
    await assertZone('Timezone', timezone, this.config.zoneDatabase);
    await this.#queue.run(call, async () =>
      this.#distribute(await this.#timezone.change(() => timezone), this.#distributions.timezone),
    );
  }

  async #distribute(change: PendingChange, distribution: Distribution): Promise<void> {
    try {
      await this.#sendToAll(distribution);
      change.accept();
    } catch (error) {
      if (isRejectedByAll(error)) await change.rollBack();
      else change.accept();
      throw error;
    }
  }

  #sendToAll(distribution: Distribution): Promise<void> {
    const agents = [...this.store.entries()].filter(isAgent);
    const isLost = ({ presence }: AgentEntry) => presence.state === 'lost';
    const [lost, there] = [agents.filter(isLost), agents.filter((agent) => !isLost(agent))];
    return distribution.toAll(
      there.map(({ vm }) => vm),
      lost.map(({ vm }) => vm),
    );
  }

  #catchUp(vm: VmName, needs: (distribution: Distribution) => boolean = () => true): void {
    for (const [setting, distribution] of Object.entries(this.#distributions))
      if (needs(distribution)) distribution.to(vm).catch((error: unknown) => this.#notSet(vm, setting, error));
  }

  /** An agent that cannot be reached is sent the setting when it is back. */
  #notSet(vm: VmName, setting: string, error: unknown): void {
    const isAway = error instanceof GivcError && (error.reason === 'UNAVAILABLE' || error.reason === 'NOT_FOUND');
    this.log[isAway ? 'debug' : 'warn'](`${setting} not set`, { vm, error: messageOf(error) });
  }
}
