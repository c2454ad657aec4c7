// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module, type DynamicModule } from '@nestjs/common';
import { Dialer, GrpcDialer, GrpcServer } from '@givc/rpc';
import { Access } from './access.js';
import { Audit } from './audit/audit.js';
import { AuditInterceptor } from './control/audit.interceptor.js';
import { AccessGuard } from './control/access.guard.js';
import { Authorizer } from './control/authorizer.js';
import { Recheck } from './control/recheck.js';
import { CertificateChain } from './control/certificate-chain.js';
import { CertificateExpiry } from './control/certificate-expiry.js';
import { CallerCertificateGuard } from './control/caller-certificate.guard.js';

/**
 * Puts every rpc of a daemon under identity, rules and audit log, in this order, and dials others with the daemon's
 * identity. The server calls these guards and this interceptor itself (`CallChain`).
 */
@Module({})
export class AccessModule {
  constructor(server: GrpcServer, identity: CallerCertificateGuard, rules: AccessGuard, interceptor: AuditInterceptor) {
    server.chain = { gate: identity, guards: [identity, rules], interceptor };
  }

  /** For the listener of a daemon; also provides the `Dialer` that connects as `access.identity`. */
  static forDaemon(access: Access): DynamicModule {
    const module = AccessModule.forListener(access);
    const dialer = {
      provide: Dialer,
      useFactory: (server: GrpcServer) => new GrpcDialer(access.identity, server.vsock),
      inject: [GrpcServer],
    };
    return {
      ...module,
      providers: [...module.providers!, CertificateChain, CertificateExpiry, dialer],
      exports: [...module.exports!, Dialer],
    };
  }

  /**
   * Like `forDaemon`, for another listener of the daemon: without a dialer, and without the log lines about the
   * certificate.
   */
  static forListener(access: Access): DynamicModule {
    return {
      module: AccessModule,
      global: true,
      providers: [
        { provide: Access, useValue: access },
        { provide: Audit, useValue: access.audit },
        Authorizer,
        Recheck,
        CallerCertificateGuard,
        AccessGuard,
        AuditInterceptor,
      ],
      exports: [Access, Audit, Authorizer],
    };
  }
}
