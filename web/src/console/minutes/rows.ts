/** `2, 23–26, 40`: every line that is meant, those in a row together; nothing is left out. */
export function inRows(lines: readonly number[]): string {
  const rows: [number, number][] = [];
  for (const line of [...new Set(lines)].sort((a, b) => a - b)) {
    const last = rows.at(-1);
    if (last && line === last[1] + 1) last[1] = line;
    else rows.push([line, line]);
  }
  return rows.map(([first, last]) => (first === last ? `${first}` : last === first + 1 ? `${first}, ${last}` : `${first}–${last}`)).join(', ');
}
