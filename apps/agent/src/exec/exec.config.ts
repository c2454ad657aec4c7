import * as z from 'zod/mini';
import { defaulted, parsed } from '@givc/config';
import { invalid, quoted, type VmName } from '@givc/model';
import { absolutePath } from '../config/absolute-path.js';
import { configClass } from '../config/config-class.js';
import { enable } from '../config/enable.js';

const maxPatterns = 64;

/** The last pattern that takes whatever else there is. */
export const anyRest = '...';

const argument = z.union([z.string(), z.array(z.string()).check(z.minLength(1))], {
  error: 'invalid pattern: expected a string, or an array of strings that may be missing together',
});

const argumentPatterns = parsed(defaulted(z.array(argument), []), (field, patterns) => {
  if (patterns.length > maxPatterns) throw invalid(field, `invalid args: expected at most ${maxPatterns} patterns`);
  const misplaced = patterns.some((pattern, index) =>
    typeof pattern === 'string' ? pattern === anyRest && index < patterns.length - 1 : pattern.includes(anyRest),
  );
  if (misplaced) throw invalid(field, `invalid args: expected "${anyRest}" at the end only`);
  return patterns;
});

/** As useradd(8) of Debian and systemd-sysusers take them. */
const userName = parsed(z.string(), (field, value) => {
  if (!/^[A-Za-z_][A-Za-z0-9_.-]{0,30}$/.test(value))
    throw invalid(field, `invalid user ${quoted(value)}: expected a name as of useradd(8)`);
  return value;
});

/**
 * With these a caller would have another program run than the one that is allowed, or that program's loader read files of
 * the caller's choice, and a program that changes its user is still root when they are read: what ld.so(8) ignores of
 * set-user-ID programs, and PATH.
 */
const loaderVariable =
  /^(LD_.*|MALLOC_.*|PATH|GCONV_PATH|GETCONF_DIR|GLIBC_TUNABLES|HOSTALIASES|LOCALDOMAIN|LOCALE_ARCHIVE|LOCPATH|NIS_PATH|NLSPATH|RESOLV_HOST_CONF|RES_OPTIONS)$/;

const variableName = parsed(z.string(), (field, value) => {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(value))
    throw invalid(field, `invalid variable ${quoted(value)}: expected letters, digits and "_"`);
  if (loaderVariable.test(value))
    throw invalid(field, `invalid variable ${quoted(value)}: it decides which code a program runs`);
  return value;
});

const command = z.strictObject({
  command: absolutePath,
  /**
   * What each argument has to be, in their order: the whole argument as it stands, where `*` stands for any text, even
   * none, though not for a path that leads up by `..`, nor at the beginning for a dash. An array of patterns is a group
   * that may be missing. `...` at the end: anything more, without a look at it. There is no way to ask for a `*` itself.
   */
  args: argumentPatterns,
  /** Who it may run as; when nobody is listed, the agent's own user. */
  users: defaulted(z.array(userName), []),
  /** The variables that a caller may set. */
  environment: defaulted(z.array(variableName), []),
  /** The working directories that a caller may name, as they stand here. Whoever names none gets `/`. */
  directories: defaulted(z.array(absolutePath), []),
});

const maxRunning = parsed(defaulted(z.number(), 16), (field, value) => {
  if (!Number.isInteger(value) || value < 1 || value > 1_000)
    throw invalid(field, `invalid number ${value}: expected 1-1000`);
  return value;
});

const exec = z.pipe(
  z.strictObject({
    enable,
    /** Ours: what may run; the same command may be listed more than once, and a call has to fit one entry as a whole. */
    commands: defaulted(z.array(z.optional(command)), []),
    /** Ours: how many run at the same time. */
    maxRunning,
  }),
  z.transform(({ commands, ...rest }) => ({
    ...rest,
    commands: commands.filter((entry) => entry !== undefined),
    /** Nothing is listed, not even an entry that was left out for a mistake: then the admin may run updates. */
    isUnlisted: commands.length === 0,
  })),
);

/** `capabilities.exec`: runs programs for others. */
export class ExecConfig extends configClass(defaulted(exec, {})) {}

export type AllowedCommand = z.output<typeof command>;
export type ArgumentPattern = AllowedCommand['args'][number];

/** Warns of what `exec` without a list of commands permits, and says how to permit more. */
export function unlistedCommands(
  exec: ExecConfig,
  network: { readonly tls: boolean; readonly admin: VmName },
): string[] {
  if (!exec.enable || !exec.isUnlisted) return [];
  return [
    network.tls
      ? `capabilities.exec.commands: none is listed, so only ${network.admin} may run "ota-update get" and ` +
        '"ota-update cachix", as updates need them; an entry such as {"command": "/path/of/program", "args": ["..."]} ' +
        'permits more'
      : 'capabilities.exec.commands: none is listed, and TLS is off, so nothing may be run',
  ];
}
