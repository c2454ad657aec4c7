/** How many characters must be put in, left out or changed to make one text of the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [line, character] of [...one].entries()) {
    const next = [line + 1];
    for (let at = 0; at < other.length; at += 1)
      next.push(Math.min(next[at]! + 1, row[at + 1]! + 1, row[at]! + (other[at] === character ? 0 : 1)));
    row = next;
  }
  return row.at(-1)!;
}

const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1).toLowerCase();

/** Which of the rpcs `name` was probably meant to be, the likeliest first, three at most: a slip, or the wrong service. */
export function near(name: string, rpcs: readonly string[]): readonly string[] {
  const typed = name.slice(0, 200).toLowerCase();
  return rpcs
    .map((rpc) => ({
      rpc,
      slips: lastPart(rpc) === lastPart(typed) ? 1 : distance(typed, rpc.toLowerCase()),
    }))
    .filter(({ slips }) => slips <= 3)
    .sort((a, b) => a.slips - b.slips)
    .slice(0, 3)
    .map(({ rpc }) => rpc);
}
