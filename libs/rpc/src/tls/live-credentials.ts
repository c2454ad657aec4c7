import type { TLSSocket } from 'node:tls';
import { ChannelCredentials } from '@grpc/grpc-js';
import { GivcError } from '@givc/model';
import type { TlsIdentity } from './tls-identity.js';

type CreateConnector = ChannelCredentials['_createSecureConnector'];
type SecureConnector = ReturnType<CreateConnector>;

/** Credentials of a channel whose every new connection presents what the identity has by then. */
export class LiveCredentials extends ChannelCredentials {
  constructor(private readonly identity: TlsIdentity) {
    super();
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(...args: Parameters<CreateConnector>): SecureConnector {
    const connector = () =>
      ChannelCredentials.createFromSecureContext(this.identity.clientContext)._createSecureConnector(...args);
    const { identity } = this;
    const first = connector();
    return {
      async connect(socket) {
        const connected = await connector().connect(socket);
        const tlsSocket = connected.socket as TLSSocket;
        const certificate = tlsSocket.getPeerCertificate();
        tlsSocket.getPeerCertificate = (() => certificate) as TLSSocket['getPeerCertificate'];
        const refusal = identity.admit(tlsSocket);
        if (refusal !== undefined) throw new GivcError('UNAVAILABLE', `the server is turned away: ${refusal}`);
        return connected;
      },
      waitForReady: () => first.waitForReady(),
      getCallCredentials: () => first.getCallCredentials(),
      destroy: () => first.destroy(),
    };
  }
}
