import type { Results } from './results.ts'
import type { Sample } from './sample.ts'

const COLUMNS = [
  'contestant', 'seek', 'index', 'ms', 'bytes', 'requests', 'mergedRequests', 'videoReads', 'roundTrips', 'cpuSeconds',
  'peakBytes', 'isTimedOut', 'barcode'
] as const satisfies ReadonlyArray<keyof Sample>

/** Packs results into JSON: one input per line, and one array per sample, to keep the file small. */
export function packResults (results: Results): string {
  const { inputs, ...rest } = results
  const packed = inputs.map(({ samples, ...others }) =>
    JSON.stringify({ ...others, samples: samples.map((sample) => COLUMNS.map((column) => sample[column])) }, shorten)
  )
  return `${JSON.stringify({ ...rest, columns: COLUMNS }, shorten).slice(0, -1)},"inputs":[\n${packed.join(',\n')}\n]}\n`
}

/** Rounds to four decimals; nothing is measured more exactly. */
function shorten (_name: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(4)) : value
}
