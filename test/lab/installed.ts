// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from './lab.js';
import type { LabMachine } from './lab-machine.js';
import { doorOf, programUnit, type MachineName } from './plan.js';
import { output } from './run.js';
import { neededBy, programFile } from './units.js';

/** The package on a machine of the lab, whose program then runs in the package's unit instead of the lab's. */
export class Installed {
  readonly #machine: LabMachine;
  /** The service manager of the machine's program. */
  readonly #isSession: boolean;
  readonly unit: string;

  constructor(
    lab: Lab,
    readonly name: MachineName,
  ) {
    this.#machine = lab.machine(name);
    this.#isSession = name === 'chrome-vm';
    this.unit = name === 'admin-vm' ? 'givc-admin.service' : 'givc-agent.service';
  }

  /** Installs the package by dpkg(1); returns dpkg's output. */
  async install(deb: string): Promise<string> {
    const copy = join(doorOf(this.name), 'givc.deb');
    copyFileSync(deb, copy);
    // With this file, images of containers prevent packages from stopping and starting services (invoke-rc.d(8)).
    await this.sh('rm -f /usr/sbin/policy-rc.d');
    try {
      return await this.sh('dpkg --force-unsafe-io --install /lab/givc.deb 2>&1');
    } finally {
      rmSync(copy);
    }
  }

  /** Runs a script as root. */
  sh(script: string): Promise<string> {
    return output(this.#machine.enter(['sh', '-ec', script]));
  }

  /** Runs `systemctl` with the service manager that runs the program. */
  async systemctl(...args: string[]): Promise<string> {
    const { status, stdout, stderr } = await this.#machine.systemctl(...args);
    if (status !== 0) throw new Error(`systemctl ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  }

  get #folder(): string {
    return `/etc/systemd/${this.#isSession ? 'user' : 'system'}`;
  }

  /** Stops the lab's program and starts that of the package; the lab's unit becomes an alias of the package's. */
  async takeOver(): Promise<void> {
    const labUnit = programUnit(this.name);
    await this.systemctl('stop', labUnit);
    const { dropIns = [], lines = [] } = neededBy(this.name);
    const own = `${this.#folder}/${this.unit}.d`;
    const copies = dropIns.map((name) => `cp /usr/share/givc/drop-ins/${this.unit}.d/${name}.conf ${own}/`);
    const text = lines.length > 0 ? `printf '%s\\n' '[Service]' ${lines.map((line) => `'${line}'`).join(' ')}` : 'true';
    const packaged = `/usr/lib/systemd/${this.#isSession ? 'user' : 'system'}/${this.unit}`;
    await this.sh(
      [`mkdir -p ${own}`, ...copies, `${text} > ${own}/lab.conf`]
        .concat(
          labUnit === this.unit ? `rm ${this.#folder}/${labUnit}` : `ln -sf ${packaged} ${this.#folder}/${labUnit}`,
        )
        .join('\n'),
    );
    await this.systemctl('daemon-reload');
    await this.systemctl('start', this.unit);
  }

  /** Undoes `takeOver` and purges the package; the certificates and the configuration of the lab stay. */
  async remove(): Promise<void> {
    // A failed test may have purged the package already.
    await this.#machine.systemctl('stop', this.unit);
    await this.keepingConfiguration('dpkg --force-unsafe-io --purge givc');
    const unit = `${this.#folder}/${programUnit(this.name)}`;
    await this.sh(`rm -rf ${this.#folder}/${this.unit}.d ${unit} /etc/givc/admin.env`);
    await this.sh(`cat > ${unit} <<'END'\n${programFile(this.name)}\nEND`);
    await this.systemctl('daemon-reload');
    await this.systemctl('start', programUnit(this.name));
  }

  /** Runs a script that may remove /etc/givc, which the lab needs. */
  async keepingConfiguration(script: string): Promise<void> {
    await this.sh(`cp -a /etc/givc /root/etc-givc\n${script}\nrm -rf /etc/givc\nmv /root/etc-givc /etc/givc`);
  }

  /** The command line with which the unit runs now. */
  async executable(): Promise<string> {
    const pid = await this.systemctl('show', '--property=MainPID', '--value', this.unit);
    return this.sh(`readlink /proc/${pid}/exe`);
  }
}
