/** A table; a `|` in a cell is escaped. */
export function renderTable (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** A number with at most three digits that matter; nothing for what was not measured. */
export function formatNumber (value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return ''
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3
  return value
    .toFixed(digits)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
}

/** Bytes as megabytes. */
export function formatMegabytes (bytes: number | undefined): string {
  return formatNumber(bytes === undefined ? undefined : bytes / 1e6)
}
