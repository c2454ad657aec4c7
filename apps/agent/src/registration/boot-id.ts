import { readFileSync } from 'node:fs';

/** Another one after each boot of this machine (random(4)); empty where the kernel does not say. */
export class BootId {
  constructor(readonly value: string) {}

  static read(): BootId {
    try {
      return new BootId(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
    } catch {
      return new BootId('');
    }
  }
}
