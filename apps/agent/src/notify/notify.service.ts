import { readdir } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { GivcError, messageOf } from '@givc/model';
import { Log } from '@givc/log';
import { FairQueue, type QueuedCall } from '@givc/queue';
import type { notify } from '@givc/rpc';
import { Timeout } from '@givc/time';
import { AgentIdentity } from '../config/agent-identity.js';
import { NotifyConfig } from './notify.config.js';

const limitMs = 1_000;
/** Each session that shows notifications has one. */
const maxSockets = 64;
/** Each call has all sockets open, for as long as one of them may take. */
const limits = {
  name: 'notifications',
  places: 8,
  ofCaller: 4,
  waiting: 16,
  waitMs: 5_000,
  fix: 'try again later',
};

/** Hands notifications to whoever shows them in this machine, each behind a unix socket in the configured folder. */
@Injectable()
export class NotifyService {
  readonly #folder: string;
  readonly #queue: FairQueue;

  constructor(
    config: NotifyConfig,
    identity: AgentIdentity,
    private readonly log: Log,
  ) {
    this.#folder = config.socket;
    this.#queue = new FairQueue({ ...limits, relay: identity.relay });
  }

  /**
   * Resolves once every socket has it as one JSON object, or did not take it within a second; no socket is no mistake.
   * RESOURCE_EXHAUSTED when too many calls are open.
   */
  async notify({ Event, Title, Urgency, Icon, Message }: notify.UserNotification, call: QueuedCall): Promise<void> {
    const text = JSON.stringify({ Event, Title, Urgency, Icon, Message });
    await this.#queue.run(call, async () =>
      Promise.all((await this.#sockets()).map((path) => this.#write(path, text))),
    );
  }

  async #sockets(): Promise<string[]> {
    try {
      const entries = await readdir(this.#folder, { withFileTypes: true });
      const sockets = entries.filter((entry) => entry.isSocket()).map(({ name }) => join(this.#folder, name));
      if (sockets.length > maxSockets)
        this.log.warn('too many sockets for notifications', { folder: this.#folder, used: maxSockets });
      return sockets.slice(0, maxSockets);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new GivcError('FAILED_PRECONDITION', `capabilities.notifier.socket: ${messageOf(error)}`, { cause: error });
    }
  }

  /** What has been written is the reader's, whether it reads or not. */
  #write(path: string, text: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = createConnection({ path });
      const limit = new Timeout(limitMs, () => socket.destroy(new Error(`not taken within ${limitMs} ms`)));
      socket.once('error', (error) => this.log.warn('notification not taken', { socket: path, error: error.message }));
      socket.once('close', () => {
        limit.cancel();
        resolve();
      });
      socket.end(text, () => socket.destroy());
    });
  }
}
