// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The stand-in's output about the generations of the host. */
export const listedGenerations = [
  {
    name: 'nixos-system-ghaf-host-25.05.20250612.fd48718',
    generation: 2,
    nixosVersion: '25.05.20250612.fd48718',
    kernelVersion: '6.12.30',
    configurationRevision: '0a1b2c3',
    storePath: '/nix/store/2222-nixos-system-ghaf-host',
    current: true,
    booted: true,
    bootable: true,
    default: true,
    bootspec: { 'org.nixos.specialisation.v1': { debug: {}, demo: {} } },
  },
  {
    name: 'nixos-system-ghaf-host-24.11',
    generation: 1,
    nixosVersion: '24.11',
    kernelVersion: '6.6.60',
    storePath: '/nix/store/1111-nixos-system-ghaf-host',
    current: false,
    booted: false,
    bootable: true,
    default: false,
    bootspec: null,
  },
];

/** The entries of `capabilities.exec.commands` that updates need. */
export const otaUpdateCommands = (command: string): object[] => [
  { command, args: ['get'] },
  { command, args: ['cachix', '*', '--cache', '*', ['--token', '*'], ['--cachix-host', '*']] },
];

/**
 * A stand-in for the program: lists generations, and updates with progress on both outputs. The pin `broken` fails with
 * status 3. The pin `slow` waits until a test opens the pipe `go` beside the script, then writes the file `done`. It
 * writes its arguments to the file `arguments`.
 */
export const otaUpdateScript = `#!/bin/sh
here=$(dirname "$0")
printf '%s\\n' "$@" > "$here/arguments"
case "$1" in
get) echo 'reading profiles' >&2; cat <<'END'
${JSON.stringify(listedGenerations)}
END
  ;;
cachix)
  echo "resolving $2"
  echo 'warning: no signature' >&2
  [ "$2" != broken ] || { echo 'error: no such pin' >&2; exit 3; }
  [ "$2" != slow ] || { read _ < "$here/go"; touch "$here/done"; }
  echo 'activating'
  ;;
esac
`;

/** Puts the stand-in into a folder; returns its path. */
export function writeOtaUpdate(folder: string): string {
  const path = join(folder, 'ota-update');
  writeFileSync(path, otaUpdateScript, { mode: 0o755 });
  return path;
}
