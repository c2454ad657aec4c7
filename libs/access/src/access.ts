// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Advice, CertificateUse } from '@givc/checks';
import { LiveFiles, readText } from '@givc/config';
import type { Reloadable } from '@givc/daemon';
import type { Log } from '@givc/log';
import { GivcError, systemErrorText, type VmName } from '@givc/model';
import { readTlsMaterial, TlsIdentity, type TlsFiles, type TlsMaterial } from '@givc/rpc';
import { Audit } from './audit/audit.js';
import { openAuditSink } from './audit/audit-sinks.js';
import { Rules } from './cedar/rules.js';
import { OwnCertificate } from './identity/own-certificate.js';
import { peerOfCertificate } from './identity/peer.js';
import { Revocations } from './identity/revocations.js';
import { Mistakes } from './collected-mistakes.js';
import { RuleWarnings } from './rule-warnings.js';

/** The files that decide who may do what; each is optional. */
export interface AccessFiles {
  /** Certificates and key, PEM; without them TLS is off. */
  readonly tls: TlsFiles | undefined;
  /** Lines `serial HEX` or `name NAME`; needs TLS. */
  readonly revocations: string | undefined;
  /** Cedar rules; needs TLS. Without them access control is off. */
  readonly rules: string | undefined;
  /** The path of the audit log; without it, the journal or stderr. */
  readonly audit: string | undefined;
  /** The only caller whose calls may change something; without it, the rules decide. */
  readonly changesOnlyFrom?: VmName | undefined;
  /** The caller that passes on the calls of others, and throttles them itself. */
  readonly relay?: VmName | undefined;
}

/** Without `daemon`, no warnings about rules are logged. */
type OpeningDaemon = Pick<CertificateUse, 'name' | 'addresses'> & { readonly daemon?: 'admin' | 'agent' };

interface Parts {
  /** The certificate and key of this machine; without them TLS is off, and no caller has a name. */
  readonly identity: TlsIdentity | undefined;
  /** Undefined when access control is off. */
  readonly rules: Rules | undefined;
  readonly audit: Audit;
  /** The beginning of the message for a caller that the rules deny. */
  readonly denial: string;
  readonly changesOnlyFrom?: VmName | undefined;
  readonly live?: readonly Reloadable[];
  readonly certificate?: OwnCertificate | undefined;
}

const accessIsOff =
  'access control is off, so every machine with a certificate may call every rpc: set ACCESS_CONTROL and CEDAR_FILE of ' +
  'the admin, accessControl.enable or accessControl.adminOnly of an agent';

/**
 * The access control of a daemon by certificates and rules, and its audit log. Follows its files while the daemon runs.
 */
export class Access {
  readonly identity: TlsIdentity | undefined;
  readonly rules: Rules | undefined;
  readonly audit: Audit;
  readonly denial: string;
  readonly changesOnlyFrom: VmName | undefined;
  readonly live: readonly Reloadable[];
  readonly #certificate: OwnCertificate | undefined;

  constructor({ identity, rules, audit, denial, changesOnlyFrom, live = [], certificate }: Parts) {
    this.identity = identity;
    this.rules = rules;
    this.audit = audit;
    this.denial = denial;
    this.changesOnlyFrom = changesOnlyFrom;
    this.live = live;
    this.#certificate = certificate;
    identity?.onRejected(({ address, certificate, reason }) => {
      const peer = certificate && peerOfCertificate(certificate);
      audit.rejection({ caller: { peer, address }, answer: 'TLS', reason });
    });
  }

  /** Because of what peers reject the certificate of this machine now; undefined when nothing is found. */
  certificateProblem(): Promise<Advice | undefined> {
    return this.#certificate?.find() ?? Promise.resolve(undefined);
  }

  /**
   * The certificate has to be for the name and the addresses, and the rules for the daemon. Throws INVALID_ARGUMENT
   * with a line for each mistake in the files.
   */
  static async open(
    denial: string,
    files: AccessFiles,
    log: Log,
    { daemon, ...machine }: OpeningDaemon = {},
  ): Promise<Access> {
    const { identity, rules, live } = await loadFiles(files, log);
    if (daemon && rules && files.rules !== undefined) live.push(new RuleWarnings(daemon, files.rules, rules, log));
    const { changesOnlyFrom } = files;
    if (identity && !rules && changesOnlyFrom === undefined) log.warn(accessIsOff);
    const sink = openAuditSink(files.audit, log);
    live.push(sink);
    const certificate = identity && files.tls && new OwnCertificate(identity, { ...files.tls, ...machine });
    if (certificate) live.push(certificate);
    const audit = new Audit(sink, files.relay);
    return new Access({ identity, rules, audit, denial, changesOnlyFrom, live, certificate });
  }
}

/** Throws INVALID_ARGUMENT where something that needs TLS is configured without it. */
export function requireTls({ tls, revocations, rules, changesOnlyFrom }: AccessFiles): void {
  if (tls) return;
  if (rules !== undefined)
    throw new GivcError('INVALID_ARGUMENT', 'access control needs TLS: without it callers have no names');
  if (changesOnlyFrom !== undefined)
    throw new GivcError(
      'INVALID_ARGUMENT',
      `changes from ${changesOnlyFrom} alone need TLS: without it callers have no names`,
    );
  if (revocations !== undefined)
    throw new GivcError(
      'INVALID_ARGUMENT',
      `the revocations ${revocations} need TLS: without it callers have no certificates`,
    );
}

interface Loaded {
  readonly identity: TlsIdentity | undefined;
  readonly rules: Rules | undefined;
  readonly live: Reloadable[];
}

/** Reads the files like a start. Throws INVALID_ARGUMENT with a line for each mistake of all files. */
async function loadFiles(files: AccessFiles, log: Log): Promise<Loaded> {
  requireTls(files);
  const mistakes = new Mistakes();
  const loaded = await loadPossible(files, log, mistakes);
  mistakes.throw();
  return loaded;
}

/** What can be read of the files, without the parts that have a mistake; those are collected. */
export async function loadPossible(files: AccessFiles, log: Log, mistakes: Mistakes): Promise<Loaded> {
  const { tls, revocations, rules: rulesFile } = files;
  const live: Reloadable[] = [];
  const identity = tls && (await mistakes.of(() => new TlsIdentity(readTlsMaterial(tls))));
  if (tls && identity) live.push(followCertificates(tls, identity, log));
  if (revocations !== undefined)
    await mistakes.of(() => {
      if (identity) live.push(followRevocations(revocations, identity, log));
      else Revocations.read(revocations);
    });
  const rules =
    rulesFile === undefined ? undefined : await mistakes.of(() => Rules.parse(readRules(rulesFile), rulesFile));
  if (rulesFile !== undefined && rules) live.push(followRules(rulesFile, rules, log));
  return { identity, rules, live };
}

function readRules(file: string): string {
  try {
    return readText(file);
  } catch (error) {
    throw new GivcError('INVALID_ARGUMENT', `cannot read the rules ${file}: ${systemErrorText(error)}`, {
      cause: error,
    });
  }
}

const isSame = (a: TlsMaterial, b: TlsMaterial): boolean =>
  a.ca.equals(b.ca) && a.cert.equals(b.cert) && a.key.equals(b.key);

function followCertificates(files: TlsFiles, identity: TlsIdentity, log: Log): LiveFiles {
  const load = (): boolean => {
    const material = readTlsMaterial(files);
    if (isSame(material, identity.material)) return false;
    identity.replace(material);
    return true;
  };
  return new LiveFiles('the certificate', [files.ca, files.cert, files.key], load, log);
}

function followRevocations(file: string, identity: TlsIdentity, log: Log): LiveFiles {
  let revocations = Revocations.none;
  const load = (): boolean => {
    const read = Revocations.read(file);
    if (read.equals(revocations)) return false;
    revocations = read;
    identity.verifyPeersWith((certificate) => read.rejection(certificate));
    return true;
  };
  load();
  return new LiveFiles('the revocations', [file], load, log);
}

function followRules(file: string, rules: Rules, log: Log): LiveFiles {
  let text = readRules(file);
  const load = (): boolean => {
    const read = readRules(file);
    if (read === text) return false;
    rules.replace(read);
    text = read;
    return true;
  };
  return new LiveFiles('the rules of access control', [file], load, log);
}
