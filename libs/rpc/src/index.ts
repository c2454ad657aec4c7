// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { withBoundedAnswers } from './bounded-reader.js';
export { services, type ServiceName } from './contract.js';
export { cedarSchemas } from './generated/cedar-schemas.js';
export { files as protoFiles } from './generated/descriptors.js';
export * from './messages.js';
export { pingHeartbeatVersion, reportProtocolVersion, silentIntervals } from './report-protocol.js';
export { policySignature, policySignatureOf } from './policy-signature.js';
export type { Rpc } from './rpc.js';
export { codeOf, errorOfStatus, isUnknownStatus, type CallError } from './status.js';
export {
  readCertificates,
  readKey,
  readTlsMaterial,
  type Certificates,
  type TlsFiles,
  type TlsMaterial,
} from './tls/material.js';
export { tryHandshake } from './tls/try-handshake.js';
export { TlsIdentity, type VerifyPeer, type RejectedPeer } from './tls/tls-identity.js';
export type { CallSettings } from './client/call-settings.js';
export { Dialer, GrpcDialer, type DialOptions } from './client/dialer.js';
export {
  connectionFailureOf,
  problemOf,
  type ConnectionFailure,
  type ConnectionProblem,
} from './connection-failure.js';
export { listServices } from './client/list-services.js';
export type { ChannelSettings } from './client/channel-settings.js';
export type { ChannelState } from './client/channel-state.js';
export type { OutgoingBidiCall } from './client/duplex-call.js';
export type { CallEvents, CallOutcome, CallStream, ConnectEvents, Connection, Connector } from './client/connection.js';
export { Metadata, type MetadataValue } from './wire/metadata.js';
export { status } from './wire/status-codes.js';
export { RpcChannel } from './client/rpc-channel.js';
export {
  Call,
  callOf,
  sendMetadata,
  type BidiStreamingCall,
  type ClientStreamingCall,
  type ServerCall,
  type ServerStreamingCall,
} from './server/call.js';
export { OutgoingSocketCall } from './socket-carrier/outgoing-socket-call.js';
export { SocketDialer } from './socket-carrier/socket-dialer.js';
export { SocketPool } from './socket-carrier/socket-pool.js';
export { halfCloseKey } from './socket-stream.js';
export { limitReadAhead } from './node/read-ahead.js';
export { streamAnswers } from './server/stream-answers.js';
export { signalOf } from './server/call-signal.js';
export type { CallGate, OpeningCall } from './server/call-gate.js';
export type { CallChain, CallEnded, CallGuard, CallInterceptor } from './server/call-chain.js';
export type { CallObserver } from './server/call-observer.js';
export { GrpcServer, type GrpcServerOptions } from './server/grpc-server.js';
export { serverLimits, type ServerLimits } from './server/limits.js';
export { HealthStatuses } from './server/health-statuses.js';
export { openAt, removeStaleSocket } from './server/listener.js';
export { rpcName, type ServerRpc } from './server/server-rpc.js';
export { Encoded } from './server/encoded.js';
export type { CallTransport, CallReceiver } from './server/call-transport.js';
export { serveCall, type HandledRpc } from './server/serve-call.js';
export type { ServerTransport } from './server/server-transport.js';
export { Parse } from './server/parse.js';
export { RpcModule } from './server/rpc.module.js';
