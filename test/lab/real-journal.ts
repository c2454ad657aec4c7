// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseUnitName, type UnitName } from '@givc/model';
import type { JournalUnderTest } from '../../apps/agent/src/journal/journal-contract.fixture.js';
import { Journalctl } from '../../apps/agent/src/journal/journalctl.js';
import type { LabMachine } from './lab-machine.js';
import { output } from './run.js';

/**
 * Writes the entry of a file to the journal's own socket, and ends when journald has it, because journald finds the
 * unit of a process that runs. A long entry is passed as a sealed file (https://systemd.io/JOURNAL_NATIVE_PROTOCOL).
 */
const writer = `
import array, fcntl, os, socket, subprocess, sys
sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
with open(sys.argv[1], 'rb') as file:
    entry = file.read()
os.unlink(sys.argv[1])
path = '/run/systemd/journal/socket'
if len(entry) < 100000:
    sock.sendto(entry, path)
else:
    fd = os.memfd_create('entry', os.MFD_ALLOW_SEALING)
    os.write(fd, entry)
    fcntl.fcntl(fd, 1033, 15)  # F_ADD_SEALS
    sock.connect(path)
    sock.sendmsg([], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [fd]))])
subprocess.run(['journalctl', '--sync'], check=True)
`;

const quotedInShell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function entryOf(message: Buffer, priority: number): Buffer {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(message.length));
  const parts = [Buffer.from(`PRIORITY=${priority}\nMESSAGE\n`), size, message, Buffer.from('\n')];
  return Buffer.concat(parts);
}

let made = 0;

/** The journal of a machine, as journalctl(1) reads it there. */
export class RealJournal implements JournalUnderTest {
  readonly #folder = mkdtempSync(join(tmpdir(), 'givc-journal-'));
  readonly journal: Journalctl;

  constructor(private readonly machine: LabMachine) {
    const program = join(this.#folder, 'journalctl');
    const command = machine.enter(['journalctl']).map(quotedInShell).join(' ');
    writeFileSync(program, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
    this.journal = new Journalctl(program);
  }

  unit(): UnitName {
    return parseUnitName('unit', `givc-journal-${process.pid}-${made++}.service`);
  }

  async write(unit: UnitName, message: Buffer | string, priority = 6): Promise<void> {
    const file = `/run/givc-journal-entry-${made++}`;
    writeFileSync(`/proc/${this.machine.leader()}/root${file}`, entryOf(Buffer.from(message), priority));
    const start = ['systemd-run', '--quiet', '--wait', '--collect', `--unit=${unit}`];
    await output(this.machine.enter([...start, 'python3', '-c', writer, file]));
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
