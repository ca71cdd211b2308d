import { scatteredReadLimits } from '../../source/range-coalescing.ts'
import { readSamples } from './read-samples.ts'
import type { SampleTable } from './sample-table.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

/** Samples in decode order, both ends included. */
export interface SamplePosition {
  readonly first: number
  readonly target: number
}

/** More are not read at once; they are taken in parts. */
const MAX_SAMPLES = 20_000

/**
 * Reads the samples of several spans, each of them once; those of each span, in their order.
 *
 * @throws RangedExtractionError where they are too many, and as `readSamples`
 */
export async function readSpans (
  source: ByteReader,
  table: Pick<SampleTable, 'locate'>,
  spans: readonly SamplePosition[]
): Promise<Buffer[][]> {
  const united = uniteSpans(spans)
  if (united.reduce((sum, { first, target }) => sum + target - first + 1, 0) > MAX_SAMPLES) {
    throw new RangedExtractionError('the frames lie too many packets behind their key frames')
  }
  const samples = await readSamples(
    source,
    united.flatMap(({ first, target }) => table.locate(first, target)),
    scatteredReadLimits(united.length)
  )
  let at = 0
  const stretches = united.map(({ first, target }) => {
    const own = samples.slice(at, (at += target - first + 1))
    return { first, target, samples: own }
  })
  return spans.map(({ first, target }) => {
    const stretch = stretches.find((stretch) => first >= stretch.first && target <= stretch.target)!
    return stretch.samples.slice(first - stretch.first, target - stretch.first + 1)
  })
}

function uniteSpans (spans: readonly SamplePosition[]): SamplePosition[] {
  const united: SamplePosition[] = []
  for (const span of spans.toSorted((one, other) => one.first - other.first)) {
    const last = united.at(-1)
    if (last === undefined || span.first > last.target) united.push(span)
    else united[united.length - 1] = { first: last.first, target: Math.max(last.target, span.target) }
  }
  return united
}
