// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { playDemo } from './demo-scenario.js';
import { Installed } from './installed.js';
import type { Lab } from './lab.js';
import { pack, type Packed } from './packed.js';
import { checkout, machineNames, type MachineName } from './plan.js';
import { output, run } from './run.js';
import { Scenario } from './scenario.js';
import { sharedLab } from './shared-lab.js';
import { programFile } from './units.js';
import { Watched } from './watched.js';

const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { readonly version: string };

/** The settings of the admin in the lab's unit, as the file that the package's unit reads. */
const adminEnvironment = (): string =>
  [...programFile('admin-vm').matchAll(/^Environment=(.*)$/gm)]
    .flatMap(([, line]) => line!.match(/"[^"]*"|\S+/g)!)
    .map((word) => word.replaceAll('"', ''))
    .filter((word) => !word.startsWith('GIVC_AUDIT='))
    .map((word) => word.replace(/=(.*)$/, '="$1"\n'))
    .join('');

const dpkg = 'dpkg --force-unsafe-io';

describe('the Debian package on the machines of the lab', () => {
  let lab: Lab;
  let folder: string;
  let packed: Packed;
  let cli: string;
  const installed = {} as Record<MachineName, Installed>;
  const installOutput = {} as Record<MachineName, string>;

  beforeAll(async () => {
    lab = await sharedLab();
    folder = mkdtempSync(join(tmpdir(), 'givc-packed-'));
    packed = await pack(join(folder, 'packed'));
    await output(['dpkg-deb', '--extract', packed.deb, join(folder, 'files')]);
    cli = join(folder, 'files/usr/bin/givc-cli');
    for (const name of machineNames) {
      installed[name] = new Installed(lab, name);
      installOutput[name] = await installed[name].install(packed.deb);
    }
  });
  afterAll(async () => {
    for (const name of machineNames) await installed[name]?.remove();
    rmSync(folder, { recursive: true });
    await lab.mend();
  });

  it('says in one line what to write where nothing is configured, and only there', () => {
    expect(installOutput['admin-vm']).toMatch(
      /^givc is not configured, so nothing runs: write \/etc\/givc\/agent\.json or .*$/m,
    );
    expect(installOutput['net-vm']).not.toContain('not configured');
  });

  it('starts and enables nothing, and a unit that is started without a configuration says what to write', async () => {
    const admin = installed['admin-vm'];
    const state = 'systemctl is-enabled givc-agent || true; systemctl is-active givc-agent || true';
    for (const name of ['admin-vm', 'net-vm', 'host', 'gui-vm'] as const)
      expect(await installed[name].sh(state)).toBe('disabled\ninactive');
    await admin.sh('systemctl start givc-agent.service');
    expect(await admin.sh('systemctl is-failed givc-agent.service || true')).toBe('inactive');
    const journal = await lab.machine('admin-vm').journal('givc-agent.service');
    expect(journal).toContain('givc-agent is not configured: write /etc/givc/agent.json');
  });

  it('has programs of the version of package.json, which run with nothing of the project beside them', async () => {
    for (const program of ['givc-admin', 'givc-agent', 'givc-cli'])
      expect(await installed['net-vm'].sh(`env -i /usr/bin/${program} --version`)).toBe(version);
    expect(await output(['dpkg-deb', '--field', packed.deb, 'Version'])).toBe(version);
  });

  it('plays the demo, with the daemons in the units of the package', async () => {
    await installed['admin-vm'].sh(`cat > /etc/givc/admin.env <<'END'\n${adminEnvironment()}END`);
    for (const name of machineNames) await installed[name].takeOver();
    for (const name of machineNames) expect(await installed[name].executable()).toBe('/usr/lib/givc/node');
    await lab.registered(machineNames.filter((name) => name !== 'admin-vm'));

    await output(lab.machine('host').enter(['systemctl', 'stop', 'microvm@chrome-vm.service']));
    const environment = lab.cliEnvironment();
    const watched = Watched.start([cli, 'watch', '--as-json', '--initial'], environment);
    try {
      await watched.until('the registry', () => watched.rows.length > 0);
      const play = {
        cli: (args: readonly string[], as?: string) => run([cli, ...args], { environment: lab.cliEnvironment(as) }),
        machine: (name: MachineName) => lab.machine(name),
      };
      await playDemo(new Scenario(play, watched, () => undefined));
    } finally {
      await watched.stop();
    }
    // The machine has booted meanwhile.
    expect(await installed['chrome-vm'].executable()).toBe('/usr/lib/givc/node');
  });

  it('leaves configuration and state when it is removed, and nothing when it is purged', async () => {
    const netVm = installed['net-vm'];
    const others = ['/var/lib/dpkg', '/var/log', '/var/cache'].map((path) => `-not -path '${path}/*'`).join(' ');
    // Services that start in the machine meanwhile get temporary folders of their own.
    const temporary = "-not ( -path '/var/tmp/systemd-private-*' -not -path '*givc*' )".replace(/[()]/g, '\\$&');
    const list = async () =>
      (await netVm.sh(`find /etc /usr /var /opt -xdev ${others} ${temporary} | sort`)).split('\n');
    await netVm.sh(`cp -a /etc/givc /etc/givc.kept; ${dpkg} --purge givc`);
    try {
      await removeAndPurge(netVm, await list(), list);
    } finally {
      await netVm.sh('rm -rf /etc/givc && mv /etc/givc.kept /etc/givc');
    }
    await netVm.install(packed.deb);
    await netVm.systemctl('start', netVm.unit);
  });

  async function removeAndPurge(netVm: Installed, before: string[], list: () => Promise<string[]>): Promise<void> {
    await netVm.sh('cp -a /etc/givc.kept /etc/givc');
    await netVm.install(packed.deb);
    await netVm.sh('systemctl enable givc-agent.service; mkdir -p /var/lib/givc/policies /var/log/givc-agent');
    await netVm.systemctl('start', netVm.unit);
    await netVm.sh(`${dpkg} --remove givc`);
    expect(await netVm.sh("pgrep -f '[/]usr/lib/givc/node' || true")).toBe('');
    const kept = ['/etc/givc/agent.json', '/var/lib/givc/policies', '/var/log/givc-agent'];
    expect(await netVm.sh(`ls -d ${kept.join(' ')}`)).toBe(kept.join('\n'));
    expect(await netVm.sh('ls -d /usr/bin/givc-* /usr/lib/givc /usr/share/givc 2>/dev/null || true')).toBe('');
    await netVm.sh(`${dpkg} --purge givc`);
    expect(await list()).toEqual(before);
    expect(await netVm.sh('getent group givc || true; ls -d /var/log/givc-* /run/givc 2>/dev/null || true')).toBe('');
  }
});
