import type { VmName } from '@givc/model';
import type { RejectedUsers } from './rejected-users.js';

/** A socket of this machine that the agent of another one may connect to. */
export class ServedSocket {
  readonly socket!: string;
  /** The only name whose certificate is let in. */
  readonly permitted!: VmName;
  readonly maxConnections!: number;
  /** Of whom a bus behind the socket takes no clients. */
  readonly rejected!: Pick<RejectedUsers, 'add'>;
}
