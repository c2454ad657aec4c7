// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The manual pages, in the macros of man(7), from the commands with which the programs parse their arguments.
import 'reflect-metadata';
import { CommandFactory } from 'nest-commander';
import { date, path, version } from './release.mjs';

const built = (app, file) => import(path(`dist/nest/apps/${app}/src/${file}`));

/** Escapes a line of text, so that troff(1) shows it unchanged. */
const escaped = (text) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');
const paragraph = (text) => `${escaped(text)}\n`;
const section = (title, text) => (text === '' ? '' : `.SH ${title}\n${text}`);
const bold = (text) => `.B ${escaped(text)}\n`;

/** Text whose line breaks are kept. */
const verbatim = (text) => `.PP\n.nf\n${escaped(text.replace(/^\n+|\s+$/g, ''))}\n.fi\n`;

/** The part of the help after the options: examples and more. */
function textAfterOptions(command) {
  let text = '';
  command.emit('afterHelp', { command, error: false, write: (part) => (text += part) });
  return text;
}

function optionItem(option) {
  const { flags, description, envVar, defaultValue, argChoices } = option;
  const has = (value) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
  const more = [
    argChoices && `one of ${argChoices.join(', ')}`,
    has(defaultValue) && `default: ${String(defaultValue)}`,
    envVar && `variable: ${envVar}`,
  ].filter(Boolean);
  return `.TP\n${bold(flags)}${paragraph(description + (more.length > 0 ? ` (${more.join('; ')})` : ''))}`;
}

const optionItems = (command) => command.createHelp().visibleOptions(command).map(optionItem).join('');

/** The visible commands below this one that do something, in order. */
function commandsBelow(command) {
  const below = command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== 'help');
  return below.length === 0 ? [command] : below.flatMap(commandsBelow);
}

const pathOf = (command) => (command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name());

function commandText(command) {
  const args = command.registeredArguments.filter(({ description }) => description);
  return [
    `.SS "${escaped(`${pathOf(command)} ${command.usage()}`)}"\n`,
    paragraph(command.description()),
    ...args.map((one) => `.TP\n.I ${escaped(one.name())}\n${paragraph(one.description)}`),
    optionItems(command),
    verbatim(textAfterOptions(command)),
  ].join('');
}

const page = (name, number, title, ...sections) =>
  `.\\" Made by scripts/package/manual-pages.mjs.
.TH ${name.toUpperCase().replaceAll('-', '\\-')} ${number} "${date.toISOString().slice(0, 10)}" "GIVC ${version}" "${title}"
${sections.join('')}`;

const seeAlso = (...pages) =>
  section('SEE ALSO', `${pages.map(([name, number]) => `.BR ${escaped(name)} (${number})`).join(' ,\n')}\n`);
const nameSection = (name, command) =>
  section('NAME', `${escaped(name)} \\- ${escaped(command.description().replace(/\.$/, ''))}\n`);

function daemonPage(name, command, files, others) {
  return page(
    name,
    8,
    'System Administration',
    nameSection(name, command),
    section('SYNOPSIS', bold(`${name} ${command.usage()}`)),
    section(
      'DESCRIPTION',
      paragraph(`${command.description()} It runs as ${name}.service, and rereads rules and certificates at SIGHUP.`),
    ),
    section('OPTIONS', optionItems(command)),
    section('EXIT STATUS', paragraph('0 after SIGTERM, 2 for an invalid configuration or bad usage, 1 otherwise.')),
    section('FILES', files.map(([file, what]) => `.TP\n.I ${escaped(file)}\n${paragraph(what)}`).join('')),
    section('EXAMPLE', verbatim(textAfterOptions(command).replace(/^\s*Example:\n/, ''))),
    seeAlso(...others),
  );
}

async function commandOfCli() {
  const { CliModule } = await built('cli', 'cli.module.js');
  const { CompleteCommand } = await built('cli', 'commands/complete.command.js');
  const app = await CommandFactory.createWithoutRunning(CliModule, { logger: false, version });
  const root = app.get(CompleteCommand).command.parent;
  await app.close();
  return root;
}

/** The text of each page, by its file name. */
export async function manualPages() {
  const { adminCommand } = await built('admin', 'admin.flags.js');
  const { agentCommand } = await built('agent', 'agent.flags.js');
  const cli = await commandOfCli();
  const [admin, agent, command] = [
    ['givc-admin', 8],
    ['givc-agent', 8],
    ['givc-cli', 1],
  ];
  const examples = '/usr/share/doc/givc/examples';
  return {
    'givc-admin.8': daemonPage(
      'givc-admin',
      adminCommand(),
      [
        ['/etc/givc/admin.env', `the variables of givc-admin.service; ${examples}/admin.env has all of them`],
        ['/var/lib/givc', 'the registry and the policies'],
        ['/var/log/givc-admin/audit.log', 'who changed what'],
      ],
      [agent, command],
    ),
    'givc-agent.8': daemonPage(
      'givc-agent',
      agentCommand(),
      [
        ['/etc/givc/agent.json', `the configuration of givc-agent.service; ${examples}/agent.json has every key`],
        ['/var/log/givc-agent/audit.log', 'who changed what'],
      ],
      [admin, command],
    ),
    'givc-cli.1': page(
      'givc-cli',
      1,
      'User Commands',
      nameSection('givc-cli', cli),
      section('SYNOPSIS', bold(`givc-cli ${cli.usage()}`)),
      section('DESCRIPTION', paragraph(cli.description())),
      section('OPTIONS', `${paragraph('These stand anywhere on the line.')}${optionItems(cli)}`),
      section('COMMANDS', commandsBelow(cli).map(commandText).join('')),
      section('EXAMPLES AND EXIT STATUS', verbatim(textAfterOptions(cli))),
      seeAlso(admin, agent),
    ),
  };
}
