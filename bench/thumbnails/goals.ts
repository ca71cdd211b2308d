import { summarize, type InputResult, type Results } from './results.ts'
import type { Seek } from './sample.ts'
import { summarizeThroughput } from './throughput.ts'

/** One promise, held against what was measured. */
export interface Bar {
  readonly measure: string
  readonly bar: string
  readonly measured: string
  readonly verdict: 'pass' | 'MISS' | 'not measured'
}

const MIB = 1024 * 1024
const SEEKS: readonly Seek[] = ['keyframe', 'exact']
const SEEK_WORDS: Readonly<Record<Seek, string>> = { keyframe: 'key frame', exact: 'exact' }

/** All bars of the project, in the order of its goals; what a run left out says so. */
export function judge (results: Results): Bar[] {
  const ofTwoHours = results.inputs.filter(({ input }) => input.minutes === 120)
  const others =
    ofTwoHours.length > 0
      ? ofTwoHours
      : results.inputs.filter(({ input }) => input.minutes === 10 && !/camera|animation|mbit/.test(input.name))
  const fat = results.inputs.filter(({ input }) => input.name.endsWith('26mbit'))
  return [
    ...others.flatMap(judgeBytes),
    ...others.flatMap(judgeRequests),
    ...others.flatMap((result) => judgeAgainstUrl(result, { keyframe: 0.8, exact: 0.9 })),
    ...fat.flatMap((result) => judgeAgainstUrl(result, { keyframe: 1 / 8, exact: 1 / 2 })),
    ...[...others, ...fat].flatMap(judgeAgainstDownload),
    ...others.flatMap(judgeWarm),
    judgeLength(results),
    ...results.referenceOnly.map((one) =>
      compare(
        `reference-only decode, ${one.input}, ${one.packets} packets, ${one.neededPackets} needed${one.isIdentical ? '' : ', NOT IDENTICAL'}`,
        one.wholeMs / one.neededMs,
        one.input.includes('camera') ? 1.4 : 1,
        { isAtLeast: true, isRuledOut: !one.isIdentical }
      )
    ),
    ...judgeThroughput(results),
    ...others.flatMap((result) => judgeLibav(result, { keyframe: 1 / 2, exact: 3 / 4 })),
    ...fat.flatMap((result) => judgeLibav(result, { keyframe: 1 / 10 })),
    ...judgeLibavThroughput(results),
    ...results.inputs.filter(({ input }) => input.minutes === 360).flatMap(judgeMemory),
    ...results.inputs.flatMap(judgeScratch)
  ]
}

function judgeBytes (result: InputResult): Bar[] {
  return SEEKS.flatMap((seek) => {
    const own = summarize(result, { way: 'e', seek })
    const url = summarize(result, { way: 'c', seek })
    const { tableBytes, first } = result.info
    const allowed =
      tableBytes + MIB + (seek === 'keyframe' ? first.keyBytes : Math.max(first.keyBytes, 1.15 * first.spanBytes))
    const name = `bytes, ${SEEK_WORDS[seek]}, ${result.input.name}`
    return [
      compare(
        `${name}: over tables + ${seek === 'keyframe' ? 'key frame' : '1.15 x span'} + 1 MiB (${formatMegabytes(allowed)} MB)`,
        own && own.bytes / allowed,
        1
      ),
      ...(seek === 'keyframe' ? [compare(`${name}: over (c)`, own && url && own.bytes / url.bytes, 1 / 3)] : [])
    ]
  })
}

function judgeRequests (result: InputResult): Bar[] {
  return SEEKS.map((seek) => {
    const { layout, name } = result.input
    const allowed = layout === 'fragmented' ? 40 : (seek === 'keyframe' ? 3 : 4) + (layout === 'moov last' ? 1 : 0)
    return compare(
      `reads of the video before the PUT, ${SEEK_WORDS[seek]}, ${name}`,
      summarize(result, { way: 'e', seek })?.reads,
      allowed
    )
  })
}

function judgeAgainstUrl (result: InputResult, allowed: Readonly<Record<Seek, number>>): Bar[] {
  return [
    judgeTime(result, 'keyframe', 'c', allowed.keyframe),
    judgeTime(result, 'keyframe', 'k', allowed.keyframe),
    judgeTime(result, 'exact', 'c', allowed.exact)
  ]
}

function judgeAgainstDownload (result: InputResult): Bar[] {
  return (['a', 'b'] as const).flatMap((way) =>
    SEEKS.map((seek) => judgeTime(result, seek, way, seek === 'keyframe' ? 1 / 50 : 1 / 15))
  )
}

function judgeTime (result: InputResult, seek: Seek, way: 'a' | 'b' | 'c' | 'k', limit: number): Bar {
  const [own, rival] = [summarize(result, { way: 'e', seek }), summarize(result, { way, seek })]
  const isUpperBound = rival?.isTimedOut ?? false
  return compare(
    `time, cold, ${SEEK_WORDS[seek]}, ${result.input.name}, over (${way})`,
    own && rival && own.ms / rival.ms,
    limit,
    { isUpperBound }
  )
}

function judgeWarm (result: InputResult): Bar[] {
  return SEEKS.flatMap((seek) => {
    const [warm, cold] = [summarize(result, { way: 'e', seek, index: 'warm' }), summarize(result, { way: 'e', seek })]
    const name = `warm index, ${SEEK_WORDS[seek]}, ${result.input.name}`
    return [
      compare(`${name}: ranged reads`, warm?.reads, 1),
      compare(`${name}: time over cold`, warm && cold && warm.ms / cold.ms, 1 / 2)
    ]
  })
}

function judgeLength ({ inputs }: Results): Bar {
  const find = (minutes: number) =>
    inputs.find(({ input }) => input.minutes === minutes && input.name.endsWith('moov-last'))
  const [short, long] = [find(1), find(360)].map(
    (result) => result && summarize(result, { way: 'e', seek: 'keyframe' })
  )
  return compare('time, cold, key frame, 6 h over 1 min', long && short && long.ms / short.ms, 1.5)
}

function judgeThroughput ({ throughput, inputs }: Results): Bar[] {
  const [own, url] = (['e', 'k'] as const).map((way) =>
    throughput === null ? undefined : summarizeThroughput(throughput, way)
  )
  const floor = inputs.find(({ input }) => input.name === throughput?.input)?.floors.keyframe
  return [
    compare(
      'throughput, warm index, 4 callers, over (k) four at a time',
      own && url && own.perSecond / url.perSecond,
      1.3,
      { isAtLeast: true }
    ),
    compare(
      'CPU seconds per such thumbnail over bare ffmpeg + sharp',
      own && floor && own.cpuSeconds / (floor.ffmpegCpuSeconds + floor.sharpCpuSeconds),
      1.15
    )
  ]
}

/** Workers that have libav loaded, against ffmpeg on the URL. */
function judgeLibav (result: InputResult, allowed: Readonly<Partial<Record<Seek, number>>>): Bar[] {
  return SEEKS.flatMap((seek) => {
    const [own, rival] = [summarize(result, { way: 'l', seek }), summarize(result, { way: 'c', seek })]
    const limit = allowed[seek]
    return limit === undefined
      ? []
      : [
          compare(
            `with libav: time, cold, ${SEEK_WORDS[seek]}, ${result.input.name}, over (c)`,
            own && rival && own.ms / rival.ms,
            limit
          )
        ]
  })
}

function judgeLibavThroughput ({ throughput }: Results): Bar[] {
  const find = (way: 'k' | 'e' | 'l') =>
    throughput?.rounds.some((round) => round.way === way) === true ? summarizeThroughput(throughput, way) : undefined
  const [libav, spawned, url] = [find('l'), find('e'), find('k')]
  return [
    compare(
      'with libav: throughput, warm index, 4 callers, over (k) four at a time',
      libav && url && libav.perSecond / url.perSecond,
      3,
      { isAtLeast: true }
    ),
    compare(
      'with libav: CPU seconds per such thumbnail over (e)',
      libav && spawned && libav.cpuSeconds / spawned.cpuSeconds,
      0.6
    )
  ]
}

function judgeMemory (result: InputResult): Bar[] {
  return SEEKS.map((seek) => {
    const peakBytes = summarize(result, { way: 'e', seek })?.peakBytes
    return compare(
      `service memory in MiB, ${SEEK_WORDS[seek]}, ${result.input.name}`,
      peakBytes && peakBytes / MIB,
      200
    )
  })
}

function judgeScratch (result: InputResult): Bar[] {
  return SEEKS.map((seek) => {
    const [bytes, floor] = [result.sights[seek]?.scratchBytes, result.floors[seek]]
    return compare(
      `scratch over the clip, ${SEEK_WORDS[seek]}, ${result.input.name}`,
      bytes !== undefined && floor ? bytes / floor.clipBytes : undefined,
      2
    )
  })
}

function compare (
  measure: string,
  value: number | undefined,
  limit: number,
  { isAtLeast = false, isRuledOut = false, isUpperBound = false } = {}
): Bar {
  const bar = `${isAtLeast ? '>=' : '<='} ${formatRatio(limit)}`
  if (value === undefined || Number.isNaN(value)) return { measure, bar, measured: '', verdict: 'not measured' }
  const isReached = (isAtLeast ? value >= limit : value <= limit) && !isRuledOut
  // A rival that was stopped would have taken longer, so the truth is better than this.
  if (isUpperBound) {
    return { measure, bar, measured: `< ${formatRatio(value)}`, verdict: isReached ? 'pass' : 'not measured' }
  }
  return { measure, bar, measured: formatRatio(value), verdict: isReached ? 'pass' : 'MISS' }
}

function formatRatio (value: number): string {
  return String(Number(value.toPrecision(3)))
}

function formatMegabytes (bytes: number): string {
  return (bytes / 1e6).toFixed(2)
}
