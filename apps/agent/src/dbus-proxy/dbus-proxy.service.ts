import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { GivcError, messageOf, type UnitName, type UnitStatus } from '@givc/model';
import { Log } from '@givc/log';
import { Systemd, type TransientService, type UnitWatch } from '@givc/systemd';
import { backoffMs } from '@givc/time';
import { TransientUnits } from '../units/transient-units.js';
import { DbusProxyConfig, dbusProxyUnit, type DbusProxyEntry } from './dbus-proxy.config.js';
import { proxyService } from './proxy-program.js';
import { prepareSocketPath } from './socket-path.js';

const backoff = { firstMs: 50, lastMs: 2_000 };

const isAway = (error: unknown): boolean => error instanceof GivcError && error.reason === 'UNAVAILABLE';

/** A proxy that is to run, and how. */
interface Wanted {
  readonly entry: DbusProxyEntry;
  readonly service: TransientService;
}

/**
 * Makes the proxies that run those of the configuration. They go on when the agent ends, so that its restart cuts nobody
 * off; the next one keeps those that are still as configured, and stops or replaces the others. What cannot run is one
 * line in the log; it is tried again when the agent starts, or somebody starts its unit.
 */
@Injectable()
export class DbusProxyService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #watches = new Map<UnitName, UnitWatch>();
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

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
    this.#closed = true;
    clearTimeout(this.#retry);
    for (const watch of this.#watches.values()) watch.close();
  }

  get #entries(): readonly DbusProxyEntry[] {
    return this.config.proxies;
  }

  /** systemd may leave the bus for a moment. */
  async #begin(failures = 0): Promise<void> {
    if (this.#closed) return;
    try {
      await this.#reconcile();
    } catch (error) {
      if (!isAway(error)) return this.log.error('D-Bus proxies cannot be run', { error: messageOf(error) });
      this.#retry = setTimeout(() => void this.#begin(failures + 1), backoffMs(failures + 1, backoff));
    }
  }

  /** All that must end has ended before the first one starts, as it may have the socket that another one now gets. */
  async #reconcile(): Promise<void> {
    const wanted = (await Promise.all(this.#entries.map((entry) => this.#wanted(entry)))).filter(
      (one) => one !== undefined,
    );
    const kept = await Promise.all(wanted.map(({ service }) => this.systemd.isRunningAs(service)));
    const keptUnits = new Set<UnitName>(wanted.filter((_one, index) => kept[index]).map(({ service }) => service.unit));
    const running = await this.systemd.listTransientUnits(['dbus-proxy-*.service']);
    await Promise.all(running.filter((unit) => !keptUnits.has(unit)).map((unit) => this.#stop(unit)));
    await Promise.all(wanted.filter(({ service }) => !keptUnits.has(service.unit)).map((one) => this.#start(one)));
    await Promise.all(wanted.map(({ service }) => this.#watch(service.unit)));
  }

  async #wanted(entry: DbusProxyEntry): Promise<Wanted | undefined> {
    return this.#orComplain(entry, async () => ({ entry, service: await proxyService(entry) }));
  }

  async #stop(unit: UnitName): Promise<void> {
    await this.systemd.stopUnit(unit);
    this.log.info('stopped a D-Bus proxy that is not as configured', { unit });
  }

  async #start({ entry, service }: Wanted): Promise<void> {
    if (this.#closed) return;
    await this.#orComplain(entry, async () => {
      await prepareSocketPath(entry);
      return this.systemd.startTransientService(service);
    });
  }

  /** systemd gives up a proxy that ends again and again; between two starts it has failed, too, but is not forgotten. */
  async #watch(unit: UnitName): Promise<void> {
    if (this.#watches.has(unit)) return;
    let hasFailed = false;
    const watch = await this.systemd.watchUnit(unit, ({ ActiveState }, ending) => {
      if (hasFailed && ActiveState === 'inactive')
        this.log.error('a D-Bus proxy has ended too often', { unit, see: `journalctl -u ${unit}` });
      hasFailed = ActiveState === 'failed' && ending?.stopRequested !== true;
    });
    if (this.#closed) watch.close();
    else this.#watches.set(unit, watch);
  }

  /** Somebody starts the unit of an entry. */
  async #run(entry: DbusProxyEntry): Promise<UnitStatus> {
    const service = await proxyService(entry);
    if (await this.systemd.isRunningAs(service)) return this.systemd.unitStatus(service.unit);
    await prepareSocketPath(entry);
    return this.systemd.startTransientService(service);
  }

  async #orComplain<T>(entry: DbusProxyEntry, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (isAway(error)) throw error;
      this.log.error('a D-Bus proxy cannot run', { proxy: entry.name, error: messageOf(error) });
      return undefined;
    }
  }
}
