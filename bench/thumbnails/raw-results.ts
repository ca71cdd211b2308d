import type { Results } from './results.ts'
import type { Sample } from './sample.ts'

const COLUMNS = [
  'way',
  'seek',
  'index',
  'ms',
  'bytes',
  'requests',
  'runs',
  'reads',
  'roundTrips',
  'cpuSeconds',
  'peakBytes',
  'isTimedOut',
  'code'
] as const satisfies ReadonlyArray<keyof Sample>

/** Everything that was measured as JSON, with the samples as rows so that it stays small, one input a line. */
export function packResults (results: Results): string {
  const { inputs, ...rest } = results
  const packed = inputs.map(({ samples, ...own }) =>
    JSON.stringify({ ...own, samples: samples.map((sample) => COLUMNS.map((column) => sample[column])) }, shorten)
  )
  return `${JSON.stringify({ ...rest, columns: COLUMNS }, shorten).slice(0, -1)},"inputs":[\n${packed.join(',\n')}\n]}\n`
}

/** Nothing here is known to more than four digits after the point. */
function shorten (_name: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(4)) : value
}
