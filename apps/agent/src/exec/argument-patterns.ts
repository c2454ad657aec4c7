import { anyRest, type ArgumentPattern } from './exec.config.js';

const leadsUp = /(?:^|[/=:,])\.\.(?:\/|$)/;

/** Whether the argument is what the pattern says: `capabilities.exec.commands[].args`. Takes time in proportion to both. */
function fits(pattern: string, argument: string): boolean {
  if (!pattern.includes('*')) return argument === pattern;
  if (leadsUp.test(argument) || (pattern.startsWith('*') && argument.startsWith('-'))) return false;
  const parts = pattern.split('*');
  const [first, last] = [parts.shift()!, parts.pop()!];
  if (argument.length < first.length + last.length) return false;
  if (!argument.startsWith(first) || !argument.endsWith(last)) return false;
  const middle = argument.slice(first.length, argument.length - last.length);
  let at = 0;
  for (const part of parts) {
    const found = middle.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}

/**
 * Undefined when the arguments are what the patterns say; else the index of the first that none of them takes, which is
 * their number when one is missing.
 */
export function firstMismatch(patterns: readonly ArgumentPattern[], args: readonly string[]): number | undefined {
  let furthest = 0;
  let places = new Set([0]);
  for (const pattern of patterns) {
    if (places.size > 0 && pattern === anyRest) return undefined;
    const group = typeof pattern === 'string' ? [pattern] : pattern;
    const next = new Set(typeof pattern === 'string' ? [] : places);
    for (const place of places) {
      const wrong = group.findIndex(
        (one, index) => args[place + index] === undefined || !fits(one, args[place + index]!),
      );
      furthest = Math.max(furthest, place + (wrong < 0 ? group.length : wrong));
      if (wrong < 0) next.add(place + group.length);
    }
    places = next;
  }
  return places.has(args.length) ? undefined : furthest;
}
