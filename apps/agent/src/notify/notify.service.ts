// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdir } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { GivcError, messageOf } from '@givc/model';
import { Log } from '@givc/log';
import { FairQueue, type QueuedCall } from '@givc/queue';
import type { notify } from '@givc/rpc';
import { Timeout } from '@givc/time';
import { AgentSettings } from '../config/agent-settings.js';
import { NotifyConfig } from './notify.config.js';

const limitMs = 1_000;
/** The maximum number of sockets, one for each session that shows notifications. */
const maxSockets = 64;
/** Each call keeps all sockets open, at most for the time limit of one socket. */
const limits = {
  name: 'notifications',
  slots: 8,
  ofCaller: 4,
  waiting: 16,
  waitMs: 5_000,
  fix: 'try again later',
};

/** Sends notifications to the sessions of this machine, each of which has a unix socket in the configured folder. */
@Injectable()
export class NotifyService {
  readonly #folder: string;
  readonly #queue: FairQueue;

  constructor(
    config: NotifyConfig,
    settings: AgentSettings,
    private readonly log: Log,
  ) {
    this.#folder = config.socket;
    this.#queue = new FairQueue({ ...limits, relay: settings.relay });
  }

  /**
   * Resolves once the notification was written to every socket as one JSON object, or a socket did not accept it within
   * a second. It is not an error when there are no sockets. RESOURCE_EXHAUSTED when too many calls are open.
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

  /** Does not wait until the reader has read it. */
  #write(path: string, text: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = createConnection({ path });
      const limit = new Timeout(limitMs, () => socket.destroy(new Error(`not read within ${limitMs} ms`)));
      socket.once('error', (error) => this.log.warn('notification not sent', { socket: path, error: error.message }));
      socket.once('close', () => {
        limit.cancel();
        resolve();
      });
      socket.end(text, () => socket.destroy());
    });
  }
}
