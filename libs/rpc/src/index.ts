export { services, type ServiceName } from './contract.js';
export { cedarSchemas } from './generated/cedar-schemas.js';
export { files as protoFiles } from './generated/descriptors.js';
export * from './messages.js';
export { policySignature, policySignatureOf } from './policy-signature.js';
export { codeOf, errorOfStatus } from './status.js';
export { readTlsMaterial, type TlsFiles, type TlsMaterial } from './tls/material.js';
export { TlsIdentity, type Judge, type TurnedAway } from './tls/tls-identity.js';
export {
  RpcChannel,
  clientCredentials,
  type CallSettings,
  type ChannelSettings,
  type ChannelState,
} from './client/rpc-channel.js';
export { callOf } from './server/call.js';
export { signalOf } from './server/call-signal.js';
export type { CallObserver } from './server/call-observer.js';
export { GrpcServer, type GrpcServerOptions } from './server/grpc-server.js';
export { HealthStatuses } from './server/health-statuses.js';
export { openAt, removeStaleSocket } from './server/listener.js';
export { rpcName } from './server/package-definition.js';
export { Parse } from './server/parse.interceptor.js';
export { RpcModule } from './server/rpc.module.js';
