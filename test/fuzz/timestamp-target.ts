import { isPosterframeError } from '../../src/errors.ts'
import { formatTimestamp, parseTimestamp, resolveTimestamp, type Timestamp } from '../../src/options/timestamp.ts'
import { mutateBytes } from './mutate-bytes.ts'
import { below, type FuzzTarget, pick, type Random, Violation } from './target.ts'

const PIECES = [
  '0', '1', '9', '59', '60', '007', '12.5', '.5', '5.', '1e9', '999999999', '1000000000.0000001', '9'.repeat(20),
  '0'.repeat(30), '٣', '½', '-', '--', '+', ':', '::', 'h', 'm', 's', 'ms', '%', 'pct', 'first', 'middle', 'last',
  'auto', 'frame:', ' ', '\0', 'NaN', 'Infinity', '0x10', '_'
]
const WHOLES = [
  '12.5', '12.5s', '1500ms', '2m3s', '1h2m3.5s', '01:02.5', '00:01:02.5', '50%', '33.333333pct', '-2s', '-00:01',
  'first', 'last', 'auto', 'frame:250'
]

/**
 * Creates a target for timestamps: a text is parsed or rejected, and what is parsed can be formatted and parsed again.
 */
export async function createTimestampTarget (): Promise<FuzzTarget> {
  return {
    make: (random) =>
      Buffer.from(
        random() < 0.5
          ? Array.from({ length: 1 + below(random, 6) }, () => pick(random, PIECES)).join('')
          : mutateBytes(Buffer.from(pick(random, WHOLES)), random).toString('latin1')
      ),
    async check (input, random) {
      const timestamp = parse(input.toString())
      if (timestamp === undefined) return
      const again = parse(formatTimestamp(timestamp))
      if (JSON.stringify(again) !== JSON.stringify(timestamp)) {
        throw new Violation(`${JSON.stringify(timestamp)} is formatted and parsed to ${JSON.stringify(again)}`)
      }
      if (timestamp.kind !== 'auto' && timestamp.kind !== 'frame') checkResolved(timestamp, random)
    }
  }
}

function parse (text: string): Timestamp | undefined {
  try {
    return parseTimestamp(text)
  } catch (error) {
    if (isPosterframeError(error, 'invalid_timestamp')) return undefined
    throw error
  }
}

function checkResolved (timestamp: Exclude<Timestamp, { kind: 'auto' | 'frame' }>, random: Random): void {
  const duration = pick(random, [0, 1, 40_000, 600_020_000, 86_400_000_000, 10 ** 15])
  const clamped = resolveTimestamp(timestamp, duration, 'clamp')
  const isWithin =
    Number.isSafeInteger(clamped) &&
    clamped >= 0 &&
    (clamped < Math.max(1, duration) || clamped === Number.MAX_SAFE_INTEGER)
  if (!isWithin) throw new Violation(`clamped to ${clamped} of ${duration}`)
  try {
    if (resolveTimestamp(timestamp, duration, 'error') !== clamped) {
      throw new Violation('clamping changes a timestamp within the video')
    }
  } catch (error) {
    if (!isPosterframeError(error, 'timestamp_out_of_range') || clamped !== Number.MAX_SAFE_INTEGER) throw error
  }
}
