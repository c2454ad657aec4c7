// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Endpoint } from '@givc/model';
import { Dialer, type ConnectEvents, type Connector } from '@givc/rpc';
import type { SimulatedProcess } from '../time/simulated-process.js';
import { ClientConnection } from './client-connection.js';
import type { Connection } from './connection.js';
import type { Interface } from './interface.js';
import type { Network } from './network.js';
import { unchanged, type Rewriting } from './older-reports.js';

/** Observes the first message of each call; returns a function that is called when the call has ended. */
export type CallTap = (path: string, bytes: Buffer) => () => void;

/** Connects over the network of the simulation. */
export class SimulatedDialer extends Dialer {
  constructor(
    private readonly network: Network,
    private readonly process: SimulatedProcess,
    private readonly at: Interface,
    private readonly window: number,
    private readonly tap: CallTap = () => () => undefined,
    private readonly rewriting: Rewriting = unchanged,
  ) {
    super();
  }

  dial({ address }: Endpoint): Connector {
    return { connect: (events) => this.#connect(address, events) };
  }

  #connect(address: Endpoint['address'], events: ConnectEvents): () => void {
    let connection: Connection | undefined;
    let ready: ClientConnection | undefined;
    let isOver = false;
    const fail = (problem: 'refused' | 'closed') => {
      if (isOver) return;
      isOver = true;
      events.failed({ problem, message: `the connection is ${problem}` });
    };
    const abandon = this.network.dial(this.process, this.at, address, {
      accepted: (accepted) => {
        connection = accepted;
        if (isOver) return connection.close('client');
        events.accepted();
        connection.send('client', { kind: 'hello' });
      },
      refused: () => fail('refused'),
      receive: (frame) => {
        if (frame.kind !== 'welcome') return ready?.receive(frame);
        isOver = true;
        ready = new ClientConnection(connection!, this.window, this.tap, this.rewriting, () => events.lost());
        events.ready(ready);
      },
      closed: () => (ready ? ready.closed() : fail('closed')),
    });
    return () => {
      if (isOver) return;
      isOver = true;
      abandon();
      connection?.close('client');
    };
  }
}
