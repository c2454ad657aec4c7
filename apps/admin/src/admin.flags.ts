// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Option, type Command } from 'commander';
import {
  invalid,
  parseListenAddress,
  parseUnitType,
  parseVmName,
  programVersion,
  quoted,
  type Address,
  type VmName,
} from '@givc/model';
import { credentialPath, type SettingFormat } from '@givc/config';
import { daemonCommand, daemonStatusHelp, logOption, printConfigOption } from '@givc/daemon';
import type { LogFilter } from '@givc/log';
import { metricsOption, type MetricsAddress } from '@givc/metrics';

/** The values of givc-admin's flags and variables. */
export interface AdminFlags {
  readonly listen: readonly Address[];
  readonly tls: boolean;
  readonly caCert?: string;
  readonly hostCert?: string;
  readonly hostKey?: string;
  readonly monitoring: boolean;
  readonly revocations?: string;
  readonly accessControl: boolean;
  readonly cedarFile?: string;
  readonly audit?: string;
  readonly metrics?: MetricsAddress;
  readonly hostName?: VmName;
  readonly ctapVm: VmName;
  readonly policyAdmin: boolean;
  readonly policyConfig?: string;
  readonly policyStore?: string;
  readonly name: VmName;
  readonly bootLimit: number;
  readonly stateDirectory?: string;
  readonly historySize: number;
  readonly services: readonly string[];
  readonly agentSocket?: readonly string[];
  readonly localeFile: string;
  readonly timezoneFile: string;
  readonly zoneDatabase: string;
  readonly log: LogFilter;
  /** The configuration is only checked; `files`: with the files that it names. */
  readonly check: boolean;
  /** Defined when the configuration is only printed. */
  readonly printConfig?: SettingFormat;
  readonly files: boolean;
}

type Parse<Value> = (field: string, value: string, earlier: Value | undefined) => Value;

/** An option that a variable also sets; an invalid value is rejected with the names of both. */
function option<Value>(flags: string, text: string, variable: string, parse?: Parse<Value>): Option {
  const made = new Option(flags, text).env(variable);
  const field = `${made.long} (${variable})`;
  return parse ? made.argParser((value, earlier: Value | undefined) => parse(field, value, earlier)) : made;
}

const parseBoolean: Parse<boolean> = (field, value) => {
  if (/^(true|1|yes|on)$/i.test(value)) return true;
  if (/^(false|0|no|off|)$/i.test(value)) return false;
  throw invalid(field, `invalid boolean ${quoted(value)}: expected true or false`);
};

const parseSeconds: Parse<number> = (field, value) => {
  const seconds = /^[0-9]{1,4}$/.test(value) ? Number(value) : 0;
  if (seconds < 1) throw invalid(field, `invalid number of seconds ${quoted(value)}: expected 1-9999`);
  return seconds;
};

const parseMebibytes: Parse<number> = (field, value) => {
  const mebibytes = /^[0-9]{1,4}$/.test(value) ? Number(value) : NaN;
  if (!(mebibytes <= 1_024)) throw invalid(field, `invalid size in MiB ${quoted(value)}: expected 0-1024`);
  return mebibytes;
};

/** The value has no effect: the type of the admin follows from its certificate. */
const parseType: Parse<string> = (field, value) => {
  parseUnitType(field, value);
  return value;
};

const parseFile: Parse<string> = (_, value) => credentialPath(value);

const words = (value: string): readonly string[] => value.split(/[\s,]+/).filter((word) => word !== '');

const parseAddresses: Parse<readonly Address[]> = (field, value, earlier = []) => {
  const addresses = words(value).map((word) => parseListenAddress(field, word));
  if (addresses.length === 0) throw invalid(field, 'expected an address');
  return [...earlier, ...addresses];
};

const parseSockets: Parse<readonly string[]> = (field, value, earlier = []) => {
  const wrong = words(value).find((word) => !/^[/@]./.test(word));
  if (wrong !== undefined) throw invalid(field, `invalid socket ${quoted(wrong)}: expected /path or @name`);
  return [...earlier, ...words(value)];
};

const flag = (flags: string, text: string, variable: string): Option =>
  option(flags, text, variable, parseBoolean).preset('true');

export function adminCommand(): Command {
  return daemonCommand('givc-admin')
    .description('Keeps the registry of machines, agents, units and applications, and passes commands on to agents.')
    .addOption(
      option(
        '--listen <address>',
        'ADDR:PORT, /path/of/a/socket, unix:///path or vsock:CID:PORT; may be repeated',
        'LISTEN',
        parseAddresses,
      ),
    )
    .addOption(flag('--tls [boolean]', 'mutual TLS on every address', 'TLS').default(false))
    .addOption(option('--ca-cert <file>', 'certificate of the authority, PEM', 'CA_CERT', parseFile))
    .addOption(
      option(
        '--host-cert <file>',
        'certificate of this machine, PEM (not of the host, unless the admin runs there)',
        'HOST_CERT',
        parseFile,
      ),
    )
    .addOption(option('--host-key <file>', 'private key of this machine, PEM', 'HOST_KEY', parseFile))
    .addOption(
      option(
        '--revocations <file>',
        'certificates to reject: lines "serial HEX" or "name DNS-NAME"',
        'GIVC_REVOCATIONS',
        parseFile,
      ),
    )
    .addOption(
      flag('--monitoring [boolean]', 'watch agents, and restart VMs that crash', 'GIVC_MONITORING').default(true),
    )
    .addOption(flag('--access-control [boolean]', 'apply the Cedar rules', 'ACCESS_CONTROL').default(false))
    .addOption(option('--cedar-file <file>', 'Cedar policies', 'CEDAR_FILE', parseFile))
    .addOption(
      option('--audit <file>', 'audit log of changes and rejections (default: the journal, or stderr)', 'GIVC_AUDIT'),
    )
    .addOption(metricsOption())
    .addOption(flag('--policy-admin [boolean]', 'send policies to VMs', 'POLICY_ADMIN').default(false))
    .addOption(
      option(
        '--policy-config <json>',
        'the policies, as JSON or as the path of a JSON file',
        'POLICY_CONFIG',
        parseFile,
      ),
    )
    .addOption(
      option('--policy-store <folder>', 'folder of the policies (default: in the state directory)', 'POLICY_STORE'),
    )
    .addOption(option('--name <name>', 'name of this machine', 'NAME', parseVmName).default('admin-vm'))
    .addOption(
      option(
        '--host-name <name>',
        'name in the host’s certificate (default: the first of SERVICES that registers)',
        'GIVC_HOST_NAME',
        parseVmName,
      ),
    )
    .addOption(
      option(
        '--ctap-vm <name>',
        'the only machine that is asked for security keys',
        'GIVC_CTAP_VM',
        parseVmName,
      ).default('gui-vm'),
    )
    .addOption(
      option(
        '--agent-socket <path>',
        'a unix socket, /path or @abstract, at which agents may register; may be repeated',
        'GIVC_AGENT_SOCKETS',
        parseSockets,
      ),
    )
    .addOption(
      option('--type <number>', 'no effect, accepted for compatibility: 0 to 14', 'TYPE', parseType).default('4'),
    )
    .addOption(
      option('--subtype <number>', 'no effect, accepted for compatibility: 0 to 14', 'SUBTYPE', parseType).default('5'),
    )
    .addOption(
      option(
        '--services <units>',
        'VMs to keep running: givc-X.service or microvm@X.service, separated by commas or spaces',
        'SERVICES',
        (_, value) => words(value),
      ).default([]),
    )
    .addOption(
      option(
        '--state-directory <folder>',
        'folder in which the registry is kept; systemd sets the variable',
        'STATE_DIRECTORY',
      ),
    )
    .addOption(
      option(
        '--history-size <MiB>',
        'the size of the history in the state directory, in MiB; 0 keeps none',
        'GIVC_HISTORY_SIZE',
        parseMebibytes,
      ).default(8),
    )
    .addOption(
      option('--locale-file <file>', 'where the locale is kept', 'GIVC_LOCALE_FILE').default('/etc/locale-givc.conf'),
    )
    .addOption(
      option('--timezone-file <file>', 'where the timezone is kept', 'GIVC_TIMEZONE_FILE').default(
        '/etc/timezone.conf',
      ),
    )
    .addOption(
      option('--zone-database <folder>', 'folder of the timezones (tzset(3))', 'TZDIR').default('/usr/share/zoneinfo'),
    )
    .addOption(
      option(
        '--boot-limit <seconds>',
        'seconds that a VM may take until its agent has registered',
        'GIVC_BOOT_LIMIT',
        parseSeconds,
      ).default(30),
    )
    .addOption(logOption('givc-admin'))
    .option('--check', 'check the configuration and the files that it names, and start nothing', false)
    .option('--no-files', 'with --check: not the files that it names, which are on another machine')
    .addOption(printConfigOption())
    .version(programVersion, '-V, --version')
    .addHelpText(
      'after',
      '\nExample:\n  givc-admin --listen 192.168.100.10:9001 --listen /run/givc/admin.sock --tls \\\n' +
        '    --ca-cert ca-cert.pem --host-cert cert.pem --host-key key.pem',
    )
    .addHelpText('after', daemonStatusHelp());
}
