// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { GivcError, messageOf, type UnitName, type UnitStatus } from '@givc/model';
import { Log } from '@givc/log';
import { Systemd, type TransientService, type UnitWatch } from '@givc/systemd';
import { retry } from '@givc/time';
import { TransientUnits } from '../units/transient-units.js';
import { DbusProxyConfig, dbusProxyUnit, type DbusProxyEntry } from './dbus-proxy.config.js';
import { proxyService } from './proxy-program.js';
import { prepareSocketPath } from './socket-path.js';

const backoff = { firstMs: 50, lastMs: 2_000 };

const isUnavailable = (error: unknown): boolean => error instanceof GivcError && error.reason === 'UNAVAILABLE';

/** A proxy that has to run, and its unit. */
interface DesiredProxy {
  readonly entry: DbusProxyEntry;
  readonly service: TransientService;
}

/**
 * Runs the proxies of the configuration as transient units. They continue when the agent ends, so that its restart does
 * not disconnect their clients; the next agent keeps those that are still configured alike, and stops or replaces the
 * others. A proxy that cannot run is one line in the log; it is retried when the agent starts, and by `StartUnit`.
 */
@Injectable()
export class DbusProxyService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #watches = new Map<UnitName, UnitWatch>();
  readonly #closing = new AbortController();

  constructor(
    private readonly config: DbusProxyConfig,
    private readonly systemd: Systemd,
    private readonly transient: TransientUnits,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    for (const entry of this.#entries) this.transient.declare(dbusProxyUnit(entry), () => this.#run(entry));
    void this.#begin();
  }

  onApplicationShutdown(): void {
    this.#closing.abort();
    for (const watch of this.#watches.values()) watch.close();
  }

  get #entries(): readonly DbusProxyEntry[] {
    return this.config.proxies;
  }

  /** Retries while systemd is not on the bus. */
  async #begin(): Promise<void> {
    const onFailure = (error: unknown) => {
      if (!isUnavailable(error)) throw error;
    };
    try {
      await retry(() => this.#reconcile(), { backoff, signal: this.#closing.signal, onFailure });
    } catch (error) {
      this.log.error('D-Bus proxies cannot be run', { error: messageOf(error) });
    }
  }

  /** Stops all units that must end before it starts the first one, which may get the socket of one of them. */
  async #reconcile(): Promise<void> {
    const desired = (await Promise.all(this.#entries.map((entry) => this.#desired(entry)))).filter(
      (one) => one !== undefined,
    );
    const kept = await Promise.all(desired.map(({ service }) => this.systemd.isRunningAs(service)));
    const keptUnits = new Set<UnitName>(
      desired.filter((_one, index) => kept[index]).map(({ service }) => service.unit),
    );
    const running = await this.systemd.listTransientUnits(['dbus-proxy-*.service']);
    await Promise.all(running.filter((unit) => !keptUnits.has(unit)).map((unit) => this.#stop(unit)));
    await Promise.all(desired.filter(({ service }) => !keptUnits.has(service.unit)).map((one) => this.#start(one)));
    await Promise.all(desired.map(({ service }) => this.#watch(service.unit)));
  }

  async #desired(entry: DbusProxyEntry): Promise<DesiredProxy | undefined> {
    return this.#orLog(entry, async () => ({ entry, service: await proxyService(entry) }));
  }

  async #stop(unit: UnitName): Promise<void> {
    await this.systemd.stopUnit(unit);
    this.log.info('stopped a D-Bus proxy that is not configured any more or has changed', { unit });
  }

  async #start({ entry, service }: DesiredProxy): Promise<void> {
    if (this.#closing.signal.aborted) return;
    await this.#orLog(entry, async () => {
      await prepareSocketPath(entry);
      return this.systemd.startTransientService(service);
    });
  }

  /** A proxy is `failed` between restarts, too. Only when it then becomes `inactive` has systemd given up. */
  async #watch(unit: UnitName): Promise<void> {
    if (this.#watches.has(unit)) return;
    let hasFailed = false;
    const watch = await this.systemd.watchUnit(unit, ({ ActiveState }, ending) => {
      if (hasFailed && ActiveState === 'inactive')
        this.log.error('a D-Bus proxy ended too often; systemd does not restart it', {
          unit,
          see: `journalctl -u ${unit}`,
        });
      hasFailed = ActiveState === 'failed' && ending?.stopRequested !== true;
    });
    if (this.#closing.signal.aborted) watch.close();
    else this.#watches.set(unit, watch);
  }

  /** Starts the unit of an entry, for `StartUnit`. */
  async #run(entry: DbusProxyEntry): Promise<UnitStatus> {
    const service = await proxyService(entry);
    if (await this.systemd.isRunningAs(service)) return this.systemd.unitStatus(service.unit);
    await prepareSocketPath(entry);
    return this.systemd.startTransientService(service);
  }

  async #orLog<T>(entry: DbusProxyEntry, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (isUnavailable(error)) throw error;
      this.log.error('a D-Bus proxy cannot run', { proxy: entry.name, error: messageOf(error) });
      return undefined;
    }
  }
}
