import { type AdminClient } from '@givc/client';
import { type Lab } from '../lab/lab.js';
import { connectAdmin } from './connect.js';
import { RegistryWatch } from './registry-watch.js';

/** What every measurement works with: the lab, a warm connection to its admin, and a watch of the registry. */
export class Bench {
  private constructor(
    readonly lab: Lab,
    readonly admin: AdminClient,
    readonly registry: RegistryWatch,
  ) {}

  static async open(lab: Lab): Promise<Bench> {
    const admin = connectAdmin();
    return new Bench(lab, admin, await RegistryWatch.open(admin));
  }

  close(): void {
    this.registry.close();
    this.admin.close();
  }
}
