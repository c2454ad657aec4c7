import { InvalidArgumentError, Option, type Command } from 'commander';
import { invalid, messageOf, parseListenAddress, parseVmName, quoted, type Address, type VmName } from '@givc/model';
import { daemonCommand, logOption } from '@givc/daemon';
import type { LogFilter } from '@givc/log';
import { metricsOption, type MetricsAddress } from '@givc/metrics';

/** What the flags and variables of givc-admin are. */
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
  readonly services: readonly string[];
  readonly agentSocket?: readonly string[];
  readonly localeFile: string;
  readonly timezoneFile: string;
  readonly zoneDatabase: string;
  readonly log: LogFilter;
}

/** commander prints the message beside the name of the option and ends with status 2. */
function checked<Value>(parse: (value: string) => Value): (value: string) => Value {
  return (value) => {
    try {
      return parse(value);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  };
}

const parseBoolean = (value: string): boolean => {
  if (/^(true|1|yes|on)$/i.test(value)) return true;
  if (/^(false|0|no|off|)$/i.test(value)) return false;
  throw new InvalidArgumentError('"true" or "false" is needed.');
};

function parseSeconds(value: string): number {
  const seconds = /^[0-9]{1,4}$/.test(value) ? Number(value) : 0;
  if (seconds < 1) throw new InvalidArgumentError('A number of seconds from 1 to 9999 is needed.');
  return seconds;
}

const words = (value: string): readonly string[] => value.split(/[\s,]+/).filter((word) => word !== '');

const listenAddresses = checked((value) => {
  const addresses = words(value).map((word) => parseListenAddress('--listen', word));
  if (addresses.length === 0) throw invalid('--listen', 'an address is needed');
  return addresses;
});

const agentSockets = checked((value) =>
  words(value).map((word) => {
    if (/^[/@]./.test(word)) return word;
    throw invalid('--agent-socket', `${quoted(word)} is not a socket: expected /path or @name`);
  }),
);

const flag = (flags: string, text: string, variable: string): Option =>
  new Option(flags, text).env(variable).argParser(checked(parseBoolean)).preset('true');

export function adminCommand(): Command {
  return daemonCommand('givc-admin')
    .description('Keeps the registry of machines, agents, units and applications, and passes commands on to agents.')
    .addOption(
      new Option(
        '--listen <address>',
        'ADDR:PORT, /path/of/a/socket, unix:///path or vsock:CID:PORT; may be given several times',
      )
        .env('LISTEN')
        .argParser((value, earlier: readonly Address[] | undefined) => [...(earlier ?? []), ...listenAddresses(value)]),
    )
    .addOption(flag('--tls [boolean]', 'mutual TLS on every address', 'TLS').default(false))
    .addOption(new Option('--ca-cert <file>', 'certificate of the authority, PEM').env('CA_CERT'))
    .addOption(new Option('--host-cert <file>', 'certificate of this machine, PEM').env('HOST_CERT'))
    .addOption(new Option('--host-key <file>', 'private key of this machine, PEM').env('HOST_KEY'))
    .addOption(
      new Option('--revocations <file>', 'certificates to refuse: lines "serial HEX" or "name DNS-NAME"').env(
        'GIVC_REVOCATIONS',
      ),
    )
    .addOption(
      flag('--monitoring [boolean]', 'watch agents, and restart VMs that crash', 'GIVC_MONITORING').default(true),
    )
    .addOption(flag('--access-control [boolean]', 'ask the Cedar policies', 'ACCESS_CONTROL').default(false))
    .addOption(new Option('--cedar-file <file>', 'Cedar policies').env('CEDAR_FILE'))
    .addOption(
      new Option('--audit <file>', 'record of changes and refusals; otherwise the journal, or stderr').env(
        'GIVC_AUDIT',
      ),
    )
    .addOption(metricsOption())
    .addOption(flag('--policy-admin [boolean]', 'send policies to VMs', 'POLICY_ADMIN').default(false))
    .addOption(
      new Option('--policy-config <json>', 'which policies there are: JSON, or the path of a file with it').env(
        'POLICY_CONFIG',
      ),
    )
    .addOption(
      new Option('--policy-store <folder>', 'where policies are kept; else in the state directory').env('POLICY_STORE'),
    )
    .addOption(
      new Option('--name <name>', 'name of this machine')
        .env('NAME')
        .default('admin-vm')
        .argParser(checked((value) => parseVmName('--name', value))),
    )
    .addOption(
      new Option('--host-name <name>', 'name of the host’s certificate; else the first of SERVICES that registers')
        .env('GIVC_HOST_NAME')
        .argParser(checked((value) => parseVmName('--host-name', value))),
    )
    .addOption(
      new Option('--ctap-vm <name>', 'the only machine that is asked for security keys')
        .env('GIVC_CTAP_VM')
        .default('gui-vm')
        .argParser(checked((value) => parseVmName('--ctap-vm', value))),
    )
    .addOption(
      new Option(
        '--agent-socket <path>',
        'a unix socket, /path or @abstract, at which an agent may register; may be given several times',
      )
        .env('GIVC_AGENT_SOCKETS')
        .argParser((value, earlier: readonly string[] | undefined) => [...(earlier ?? []), ...agentSockets(value)]),
    )
    .addOption(new Option('--type <number>', 'type of this machine').env('TYPE').default('4'))
    .addOption(new Option('--subtype <number>', 'type of its units').env('SUBTYPE').default('5'))
    .addOption(
      new Option('--services <units>', 'VMs to keep running: givc-X.service or microvm@X.service, by commas or spaces')
        .env('SERVICES')
        .default([])
        .argParser(words),
    )
    .addOption(
      new Option('--state-directory <folder>', 'where the registry outlives the admin; systemd sets the variable').env(
        'STATE_DIRECTORY',
      ),
    )
    .addOption(
      new Option('--locale-file <file>', 'where the locale is kept')
        .env('GIVC_LOCALE_FILE')
        .default('/etc/locale-givc.conf'),
    )
    .addOption(
      new Option('--timezone-file <file>', 'where the timezone is kept')
        .env('GIVC_TIMEZONE_FILE')
        .default('/etc/timezone.conf'),
    )
    .addOption(
      new Option('--zone-database <folder>', 'timezones that there are, as tzset(3) looks for them')
        .env('TZDIR')
        .default('/usr/share/zoneinfo'),
    )
    .addOption(
      new Option('--boot-limit <seconds>', 'how long a VM may take until its agent has registered')
        .env('GIVC_BOOT_LIMIT')
        .default(30)
        .argParser(checked(parseSeconds)),
    )
    .addOption(logOption('givc-admin'))
    .version(process.env['GIVC_VERSION'] ?? 'unknown', '-V, --version')
    .addHelpText(
      'after',
      '\nExample:\n  givc-admin --listen 192.168.100.10:9001 --listen /run/givc/admin.sock --tls \\\n' +
        '    --ca-cert ca-cert.pem --host-cert cert.pem --host-key key.pem',
    );
}
