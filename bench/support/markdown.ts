/** Renders a table; a `|` in a cell is escaped. */
export function renderTable (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Formats a number with at most three significant digits below 1,000; an empty string for undefined and NaN. */
export function formatNumber (value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return ''
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3
  return value
    .toFixed(digits)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
}

/** Formats bytes as megabytes, like `formatNumber`. */
export function formatMegabytes (bytes: number | undefined): string {
  return formatNumber(bytes === undefined ? undefined : bytes / 1e6)
}
