// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { parseUnitName, type UnitName } from '@givc/model';
import { DbusSystemd, type TransientService } from '@givc/systemd';
import type { SystemdUnderTest, UnitKind } from '../../libs/systemd/src/contract/systemd-under-test.fixture.js';
import type { LabMachine } from './lab-machine.js';
import { output } from './run.js';

const folder = '/run/systemd/system';
const pipes = '/run/contract';
let made = 0;

/** Exits with the status that is written to the named pipe of its unit. */
const program = (name: string): string => `read status < ${pipes}/${name}; exit $status`;
const inUnitFile = (script: string): string => `/bin/sh -c '${script.replaceAll('$', '$$$$')}'`;

const service = (script: string): string => `[Service]\nExecStart=${inUnitFile(script)}\n`;

/**
 * The unit file of a service with the name written out, because `%n` is the alias in a unit that is loaded by its
 * alias.
 */
const fileOf = (kind: Exclude<UnitKind, 'masked' | 'requires-failing'>, name: string): string => {
  const goesOn = `read status < ${pipes}/${name}; [ "$status" = go ] || exit $status`;
  return {
    program: service(program(name)),
    remains: '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n',
    fails: '[Service]\nType=oneshot\nExecStart=/bin/false\n',
    condition: `[Unit]\nConditionPathExists=/nonexistent\n${service(program(name))}`,
    assert: `[Unit]\nAssertPathExists=/nonexistent\n${service(program(name))}`,
    'slow-start': `${service(`${goesOn}; systemd-notify --ready; ${program(name)}`)}Type=notify\nNotifyAccess=all\n`,
    'slow-stop': `${service(program(name))}ExecStop=${inUnitFile(`read go < ${pipes}/${name}.stop`)}\n`,
  }[kind];
};

/** The service manager of a machine, over its system bus, with root's actions in the machine. */
export class RealSystemd implements SystemdUnderTest {
  readonly #units: UnitName[] = [];
  readonly #slowStops = new Set<UnitName>();

  private constructor(
    private readonly machine: LabMachine,
    private readonly relay: BusRelay,
    readonly systemd: DbusSystemd,
  ) {}

  static async open(machine: LabMachine): Promise<RealSystemd> {
    const relay = new BusRelay(join(`/proc/${machine.leader()}/root`, '/run/dbus/system_bus_socket'));
    await relay.listen();
    mkdirSync(rootOf(machine, pipes), { recursive: true });
    mkdirSync(rootOf(machine, folder), { recursive: true });
    return new RealSystemd(machine, relay, await DbusSystemd.connect({ bus: 'system', address: relay.address }));
  }

  async install(kind: UnitKind): Promise<UnitName> {
    const unit = await this.#named(`givc-contract-${made++}.service`);
    if (kind === 'slow-stop') this.#slowStops.add(unit);
    if (kind === 'slow-stop') await this.#run('mkfifo', `${pipes}/${unit}.stop`);
    if (kind === 'masked') symlinkSync('/dev/null', this.#file(unit));
    else if (kind === 'requires-failing') {
      const failing = await this.install('fails');
      writeFileSync(this.#file(unit), `[Unit]\nRequires=${failing}\nAfter=${failing}\n${fileOf('program', unit)}`);
    } else writeFileSync(this.#file(unit), fileOf(kind, unit));
    await this.reload();
    return unit;
  }

  async installTemplate(): Promise<string> {
    const prefix = `givc-contract-${made++}@`;
    writeFileSync(this.#file(`${prefix}.service`), fileOf('program', '%n'));
    for (const name of ['one', 'two', '0']) await this.#named(`${prefix}${name}.service`);
    await this.reload();
    return prefix;
  }

  async alias(unit: UnitName): Promise<UnitName> {
    const alias = parseUnitName('unit', `givc-contract-${made++}.service`);
    symlinkSync(unit, this.#file(alias));
    await this.reload();
    return alias;
  }

  async uninstall(unit: UnitName): Promise<void> {
    unlinkSync(this.#file(unit));
    await this.reload();
  }

  transient(unit?: UnitName): TransientService {
    const name = unit ?? parseUnitName('unit', `givc-contract-${made++}.service`);
    if (!unit) this.#units.push(name);
    const pipe = `${pipes}/${name}`;
    return {
      unit: name,
      description: 'A service of the contract',
      command: ['/bin/sh', '-c', `[ -p ${pipe} ] || mkfifo ${pipe}; ${program(name)}`],
    };
  }

  proceed(unit: UnitName): Promise<void> {
    return writeFile(rootOf(this.machine, `${pipes}/${unit}${this.#slowStops.has(unit) ? '.stop' : ''}`), 'go\n');
  }

  /** Resolves when systemd has reaped the program, so that what the test does next cannot overtake its end. */
  async endProgram(unit: UnitName, status: 0 | 1): Promise<void> {
    const pipe = `${pipes}/${unit}`;
    const end = `[ -p ${pipe} ] || mkfifo ${pipe}; pid=$(systemctl show -P MainPID ${unit}); echo ${status} > ${pipe}`;
    await this.#run('sh', '-c', `${end}; [ $pid = 0 ] || tail --pid=$pid -s 0.02 -f /dev/null`);
  }

  async reload(): Promise<void> {
    await this.#run('systemctl', 'daemon-reload');
  }

  disconnect(): Promise<void> {
    return this.relay.close();
  }

  reconnect(): Promise<void> {
    return this.relay.listen();
  }

  async reexecute(): Promise<void> {
    await this.#run('systemctl', 'daemon-reexec');
  }

  async close(): Promise<void> {
    await this.systemd.close();
    await this.relay.close();
    await this.machine.run(['systemctl', 'kill', '--signal=KILL', ...this.#units]);
    await this.machine.run(['systemctl', 'reset-failed', ...this.#units]);
    await this.machine.run(['sh', '-c', `rm -rf ${folder}/givc-contract-* ${pipes}`]);
    await this.reload();
  }

  async #named(name: string): Promise<UnitName> {
    const unit = parseUnitName('unit', name);
    this.#units.push(unit);
    await this.#run('mkfifo', `${pipes}/${unit}`);
    return unit;
  }

  #file(name: string): string {
    return rootOf(this.machine, `${folder}/${name}`);
  }

  #run(...command: string[]): Promise<string> {
    return output(this.machine.enter(command));
  }
}

const rootOf = (machine: LabMachine, path: string): string => `/proc/${machine.leader()}/root${path}`;

/** A socket that leads to a bus, until it is closed. */
class BusRelay {
  readonly #path = `/tmp/givc-contract-${process.pid}-${made++}`;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  constructor(private readonly bus: string) {}

  get address(): string {
    return `unix:path=${this.#path}`;
  }

  listen(): Promise<void> {
    const server = createServer((client) => {
      const bus = connect(this.bus);
      for (const [from, to] of [
        [client, bus],
        [bus, client],
      ] as const) {
        this.#sockets.add(from);
        from.pipe(to);
        from.on('error', () => to.destroy());
        from.on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
      }
    });
    this.#server = server;
    return new Promise((resolve) => server.listen(this.#path, resolve));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
