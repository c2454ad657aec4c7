// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  connect,
  createSecureServer,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { report, reportProtocolVersion, services, type systemd, type TlsMaterial } from '@givc/rpc';
import { message } from '../../support/http2-frames.js';
import { agentPort, unitsOfMachine } from './plan.js';

const { report: rpc } = services['report.Reports'];
const { getUnitStatus } = services['systemd.UnitControlService'];
const [ok, unimplemented] = ['0', '12'];
const heartbeatMs = 2_000;
/** The backoff of real agents. */
const [firstBackoffMs, maxBackoffMs] = [100, 1_000];
const tcp = (Address: string, Name: string) => ({ Protocol: 'tcp', Address, Port: String(agentPort), Name });

export interface SimulatedAgentOptions {
  readonly name: string;
  readonly address: string;
  readonly material: TlsMaterial;
  readonly adminPort: number;
  /** Called each time the admin has accepted the snapshot. */
  readonly onAccepted: () => void;
}

/**
 * An agent as its admin sees it, without systemd. It answers GetUnitStatus, and reports its units over one stream,
 * which it opens again whenever it ends.
 */
export class SimulatedAgent {
  #stream: ClientHttp2Stream | undefined;
  #session: ClientHttp2Session | undefined;
  #backoffMs = firstBackoffMs;
  #streams = 0;
  #isAccepted = false;

  constructor(private readonly options: SimulatedAgentOptions) {}

  /** Resolves once it listens. */
  async listen(): Promise<void> {
    const server = createSecureServer({ ...this.options.material, minVersion: 'TLSv1.3' });
    server.on('stream', (stream, headers) => this.#answer(stream, headers));
    server.on('sessionError', () => undefined);
    await once(server.listen(agentPort, this.options.address), 'listening');
  }

  get isAccepted(): boolean {
    return this.#isAccepted;
  }

  /** Opens the stream. */
  report(): void {
    const { address, material, adminPort } = this.options;
    const socket = connectTls({
      ...{ host: '127.0.0.1', port: adminPort, localAddress: address, ...material, ALPNProtocols: ['h2'] },
      checkServerIdentity: () => undefined,
    });
    socket.setNoDelay(true);
    const session = (this.#session = connect('https://admin-vm', { createConnection: () => socket }));
    const stream = (this.#stream = session.request({
      ...{ ':method': 'POST', ':path': rpc.path, 'content-type': 'application/grpc', te: 'trailers' },
    }));
    session.on('error', () => undefined);
    stream.on('error', () => undefined);
    let received: Buffer = Buffer.alloc(0);
    stream.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      while (received.length >= 5 && received.length >= 5 + received.readUInt32BE(1)) {
        const end = 5 + received.readUInt32BE(1);
        this.#receive(report.ReportResponse.decode(received.subarray(5, end)));
        received = received.subarray(end);
      }
    });
    let heartbeat: NodeJS.Timeout;
    // Agents send them together: see ReportStream.
    const schedule = (): void => {
      heartbeat = setTimeout(
        () => {
          schedule();
          if (this.#isAccepted && !session.destroyed) session.ping(() => undefined);
        },
        heartbeatMs + heartbeatMs / 10 - ((Date.now() + heartbeatMs / 10) % heartbeatMs),
      );
    };
    schedule();
    session.once('close', () => {
      clearTimeout(heartbeat);
      this.#isAccepted = false;
      if (this.#session !== session) return;
      setTimeout(() => this.report(), this.#backoffMs);
      this.#backoffMs = Math.min(maxBackoffMs, this.#backoffMs * 2);
    });
    stream.once('close', () => session.destroy());
    this.#sendSnapshot();
  }

  /** Reports that the unit with this number has this description from now on. */
  change(unit: number, description: string): void {
    const name = this.#unitName(unit);
    const status = this.#status(name, description);
    this.#send({ $case: 'update', value: { name, status, ending: undefined, since_ms: 0 } });
  }

  #answer(stream: ServerHttp2Stream, { ':path': path }: IncomingHttpHeaders): void {
    stream.on('error', () => undefined);
    const headers = { ':status': 200, 'content-type': 'application/grpc' };
    if (path !== getUnitStatus.path)
      return stream.respond({ ...headers, 'grpc-status': unimplemented }, { endStream: true });
    stream.respond(headers, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': ok }));
    stream.once('data', (chunk: Buffer) => {
      const { UnitName } = getUnitStatus.requestDeserialize(chunk.subarray(5));
      const answer = { UnitStatus: this.#status(UnitName, 'A unit of a simulated machine') };
      stream.end(message(Buffer.from(getUnitStatus.responseSerialize(answer))));
    });
  }

  #receive({ message: response }: report.ReportResponse): void {
    if (response?.$case !== 'snapshot_accepted') return;
    const { rejected } = response.value;
    if (rejected.length > 0) throw new Error(`${this.options.name}: ${rejected[0]!.name}: ${rejected[0]!.reason}`);
    this.#isAccepted = true;
    this.#backoffMs = firstBackoffMs;
    this.options.onAccepted();
  }

  #unitName = (unit: number): string => `unit-${unit}.service`;

  #status = (Name: string, Description: string): systemd.UnitStatus => ({
    ...{ Name, Description, LoadState: 'loaded', ActiveState: 'active', SubState: 'running' },
    ...{ FreezerState: 'running', Path: '' },
  });

  #sendSnapshot(): void {
    const { name, address } = this.options;
    const agent = `givc-${name}.service`;
    const entries = Array.from({ length: unitsOfMachine }, (_, unit) => {
      const Name = this.#unitName(unit);
      const State = this.#status(Name, `Unit ${unit} of a simulated machine`);
      return {
        registration: { Name, Parent: agent, Type: 9, Transport: undefined, State },
        ...{ ending: undefined, since_ms: 0 },
      };
    });
    this.#send({
      $case: 'snapshot',
      value: {
        agent: {
          ...{ Name: agent, Parent: `microvm@${name}.service`, Type: 8, Transport: tcp(address, name) },
          State: this.#status(agent, `Agent of ${name}`),
        },
        ...{ entries, heartbeat_interval_ms: heartbeatMs, boot_id: `boot-of-${name}`, stream_number: ++this.#streams },
        ...{ protocol_version: reportProtocolVersion, agent_version: '0.1.0' },
      },
    });
  }

  #send(request: NonNullable<report.ReportRequest['message']>): void {
    const stream = this.#stream;
    if (stream && !stream.destroyed) stream.write(message(Buffer.from(rpc.requestSerialize({ message: request }))));
  }
}
