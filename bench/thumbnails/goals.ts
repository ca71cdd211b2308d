import { formatMegabytes } from '../support/markdown.ts'
import type { Seek } from '../support/posterframe.ts'
import { type Contestant, CONTESTANT_TITLES } from './contestants.ts'
import { summarize, type InputResult, type Results } from './results.ts'
import { summarizeThroughput } from './throughput.ts'

/** A goal of the project and how far this run met it. */
export interface Goal {
  readonly measure: string
  readonly limit: string
  readonly measured: string
  readonly verdict: 'met' | 'MISSED' | 'not measured'
}

interface TimeLimit {
  readonly contestant: Contestant
  readonly seek: Seek
  readonly against: Contestant
  /** Largest ratio of the two times. */
  readonly limit: number
}

const MIB = 1024 * 1024
const SEEKS: readonly Seek[] = ['keyframe', 'exact']
const SEEK_TITLES: Readonly<Record<Seek, string>> = { keyframe: 'key frame', exact: 'exact frame' }

const DOWNLOAD_LIMITS = (['ffmpegDownloadOutputSeek', 'ffmpegDownloadInputSeek'] as const).flatMap(
  (against): TimeLimit[] => [
    { contestant: 'posterframeFfmpeg', seek: 'keyframe', against, limit: 1 / 50 },
    { contestant: 'posterframeFfmpeg', seek: 'exact', against, limit: 1 / 15 }
  ]
)
/** Limits on videos of two hours at 2 Mbit/s. */
const LONG_VIDEO_LIMITS: readonly TimeLimit[] = [
  { contestant: 'posterframeFfmpeg', seek: 'keyframe', against: 'ffmpegOnUrl', limit: 0.8 },
  { contestant: 'posterframeFfmpeg', seek: 'keyframe', against: 'ffmpegKeyFrameOnUrl', limit: 0.8 },
  { contestant: 'posterframeFfmpeg', seek: 'exact', against: 'ffmpegOnUrl', limit: 0.9 },
  ...DOWNLOAD_LIMITS,
  { contestant: 'posterframeLibav', seek: 'keyframe', against: 'ffmpegOnUrl', limit: 1 / 2 },
  { contestant: 'posterframeLibav', seek: 'exact', against: 'ffmpegOnUrl', limit: 3 / 4 }
]
/** Limits on a video of 26 Mbit/s. */
const HIGH_BITRATE_LIMITS: readonly TimeLimit[] = [
  { contestant: 'posterframeFfmpeg', seek: 'keyframe', against: 'ffmpegOnUrl', limit: 1 / 8 },
  { contestant: 'posterframeFfmpeg', seek: 'keyframe', against: 'ffmpegKeyFrameOnUrl', limit: 1 / 8 },
  { contestant: 'posterframeFfmpeg', seek: 'exact', against: 'ffmpegOnUrl', limit: 1 / 2 },
  ...DOWNLOAD_LIMITS,
  { contestant: 'posterframeLibav', seek: 'keyframe', against: 'ffmpegOnUrl', limit: 1 / 10 }
]

/** Judges all goals. If a run has no input of two hours, those of ten minutes take their place. */
export function judgeGoals (results: Results): Goal[] {
  const { inputs } = results
  const twoHours = inputs.filter(({ input }) => input.minutes === 120)
  const long =
    twoHours.length > 0
      ? twoHours
      : inputs.filter(({ input }) => input.minutes === 10 && !/camera|animation|mbit/.test(input.name))
  const highBitrate = inputs.filter(({ input }) => input.name.endsWith('26mbit'))
  return [
    ...long.flatMap(judgeBytes),
    ...long.flatMap(judgeReads),
    ...long.flatMap((result) => LONG_VIDEO_LIMITS.map((limit) => judgeTime(result, limit))),
    ...highBitrate.flatMap((result) => HIGH_BITRATE_LIMITS.map((limit) => judgeTime(result, limit))),
    ...long.flatMap(judgeWarmIndex),
    ...judgeThroughput(results),
    ...inputs.filter(({ input }) => input.minutes === 360).flatMap(judgeMemory)
  ]
}

function judgeBytes (result: InputResult): Goal[] {
  const { tableBytes, first } = result.info
  return SEEKS.flatMap((seek) => {
    const own = summarize(result, { contestant: 'posterframeFfmpeg', seek })
    const onUrl = summarize(result, { contestant: 'ffmpegOnUrl', seek })
    const packetBytes = seek === 'keyframe' ? first.keyBytes : Math.max(first.keyBytes, 1.15 * first.spanBytes)
    const packets = seek === 'keyframe' ? 'key frame' : '1.15 x the packets'
    const allowed = tableBytes + packetBytes + MIB
    const name = `bytes, ${SEEK_TITLES[seek]}, ${result.input.name}`
    return [
      compare(`${name}, over tables + ${packets} + 1 MiB (${formatMegabytes(allowed)} MB)`, own && own.bytes / allowed, 1),
      ...(seek === 'keyframe'
        ? [compare(`${name}, over ${CONTESTANT_TITLES.ffmpegOnUrl}`, own && onUrl && own.bytes / onUrl.bytes, 1 / 3)]
        : [])
    ]
  })
}

function judgeReads (result: InputResult): Goal[] {
  const { layout, name } = result.input
  return SEEKS.map((seek) => {
    const allowed = layout === 'fragmented' ? 40 : (seek === 'keyframe' ? 3 : 4) + (layout === 'moov last' ? 1 : 0)
    const own = summarize(result, { contestant: 'posterframeFfmpeg', seek })
    return compare(`reads of the video, ${SEEK_TITLES[seek]}, ${name}`, own?.videoReads, allowed)
  })
}

function judgeTime (result: InputResult, { contestant, seek, against, limit }: TimeLimit): Goal {
  const [own, other] = [summarize(result, { contestant, seek }), summarize(result, { contestant: against, seek })]
  return compare(
    `time, cold, ${SEEK_TITLES[seek]}, ${result.input.name}: ${CONTESTANT_TITLES[contestant]} over ${CONTESTANT_TITLES[against]}`,
    own && other && own.ms / other.ms,
    limit,
    { isUpperBound: other?.isTimedOut ?? false }
  )
}

function judgeWarmIndex (result: InputResult): Goal[] {
  return SEEKS.flatMap((seek) => {
    const warm = summarize(result, { contestant: 'posterframeFfmpeg', seek, index: 'warm' })
    const cold = summarize(result, { contestant: 'posterframeFfmpeg', seek })
    const name = `warm index, ${SEEK_TITLES[seek]}, ${result.input.name}`
    return [
      compare(`${name}: reads of the video`, warm?.videoReads, 1),
      compare(`${name}: time over cold`, warm && cold && warm.ms / cold.ms, 1 / 2)
    ]
  })
}

function judgeThroughput ({ throughput, inputs }: Results): Goal[] {
  const onUrl = summarizeThroughput(throughput, 'ffmpegKeyFrameOnUrl')
  const program = summarizeThroughput(throughput, 'posterframeFfmpeg')
  const libav = summarizeThroughput(throughput, 'posterframeLibav')
  const bound = inputs.find(({ input }) => input.name === throughput?.input)?.lowerBounds.keyframe
  const over = (one: { perSecond: number } | undefined) => one && onUrl && one.perSecond / onUrl.perSecond
  const onUrlTitle = CONTESTANT_TITLES.ffmpegKeyFrameOnUrl
  const [programTitle, libavTitle] = [CONTESTANT_TITLES.posterframeFfmpeg, CONTESTANT_TITLES.posterframeLibav]
  return [
    compare(`throughput, warm index, 4 callers: ${programTitle} over ${onUrlTitle}`, over(program), 1.3, {
      isMinimum: true
    }),
    compare(`throughput, warm index, 4 callers: ${libavTitle} over ${onUrlTitle}`, over(libav), 3, { isMinimum: true }),
    compare(
      `CPU time at this throughput: ${programTitle} over the lower bound`,
      program && bound && program.cpuSeconds / (bound.ffmpegCpuSeconds + bound.sharpCpuSeconds),
      1.15
    ),
    compare(
      `CPU time at this throughput: ${libavTitle} over ${programTitle}`,
      libav && program && libav.cpuSeconds / program.cpuSeconds,
      0.6
    )
  ]
}

function judgeMemory (result: InputResult): Goal[] {
  return SEEKS.map((seek) => {
    const own = summarize(result, { contestant: 'posterframeFfmpeg', seek })
    const name = `memory of the service in MiB, ${SEEK_TITLES[seek]}, ${result.input.name}`
    return compare(name, own && own.peakBytes / MIB, 200)
  })
}

function compare (
  measure: string,
  value: number | undefined,
  limit: number,
  { isMinimum = false, isUpperBound = false } = {}
): Goal {
  const goal = { measure, limit: `${isMinimum ? '>=' : '<='} ${formatRatio(limit)}` }
  if (value === undefined || Number.isNaN(value)) return { ...goal, measured: '', verdict: 'not measured' }
  const isMet = isMinimum ? value >= limit : value <= limit
  // The other contestant was stopped and would have taken longer, so the true ratio is smaller.
  if (isUpperBound) return { ...goal, measured: `< ${formatRatio(value)}`, verdict: isMet ? 'met' : 'not measured' }
  return { ...goal, measured: formatRatio(value), verdict: isMet ? 'met' : 'MISSED' }
}

function formatRatio (value: number): string {
  return String(Number(value.toPrecision(3)))
}
