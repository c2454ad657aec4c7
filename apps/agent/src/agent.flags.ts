import { Command, Option } from 'commander';
import { levels, type Level } from '@givc/log';
import { metricsOption, type MetricsAddress } from '@givc/metrics';

export interface AgentFlags {
  readonly config: string;
  readonly debug: boolean;
  readonly log: Level;
  readonly audit?: string;
  readonly metrics?: MetricsAddress;
}

/** The contract's flags have one dash before a whole word, which commander does not know. */
const withTwoDashes = (arg: string): string => arg.replace(/^-(?=(config|debug|help|version)(=|$))/, '--');

/** Throws what commander throws after it has told the user; `exitCode` says how to end. */
export function readAgentFlags(argv: readonly string[]): AgentFlags {
  const flags = new Command('givc-agent')
    .description('Offers the units, applications and capabilities of this machine that its configuration allows.')
    .usage('-config FILE [-debug]')
    .requiredOption('--config <file>', 'configuration, JSON')
    .option('--debug', 'say everything on stderr', false)
    .addOption(new Option('--log <level>', 'how much to say on stderr').env('GIVC_LOG').choices(levels).default('info'))
    .addOption(
      new Option('--audit <file>', 'record of changes and refusals; otherwise the journal, or stderr').env(
        'GIVC_AUDIT',
      ),
    )
    .addOption(metricsOption())
    .version(process.env['GIVC_VERSION'] ?? 'unknown', '-V, --version')
    .addHelpText('after', '\nExample:\n  givc-agent -config /etc/givc/agent.json')
    .exitOverride()
    .parse(argv.map(withTwoDashes), { from: 'user' })
    .opts<AgentFlags>();
  return flags.debug ? { ...flags, log: 'debug' } : flags;
}
