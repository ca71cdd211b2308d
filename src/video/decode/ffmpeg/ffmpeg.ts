import type { Readable } from 'node:stream'
import { isPosterframeError, PosterframeError } from '../../../errors.ts'
import { type DecoderTask, NO_RECORDER, type Recorder } from '../../../telemetry/recorder.ts'
import {
  buildCutArguments,
  buildDecodeArguments,
  buildInspectArguments,
  buildListArguments,
  type ListOptions
} from './ffmpeg-arguments.ts'
import { makeFilterName, watchDecoding } from '../decoding-log.ts'
import { type FrameInfo, FrameInfoReader } from '../frame-info.ts'
import type { Isolation } from '../../../sandbox/isolation.ts'
import { assertCompatibleDolbyVision } from '../../media/dolby-vision.ts'
import { type ListedTrack, PacketListReader } from '../packet-list.ts'
import { parsePam } from '../../media/picture.ts'
import { readPictures } from './read-pictures.ts'
import { readLines } from '../../../sandbox/read-lines.ts'
import { createRecordedRun } from './recorded-run.ts'
import { endedRunError, watchStart } from './ended-run.ts'
import { DECODE_LIMITS, explainFailure, listLimits } from '../decode-limits.ts'
import { DecoderLimitError } from '../decoder-failure.ts'
import { createJudge } from '../judge-runs.ts'
import { writeKnownPicture } from '../known-picture.ts'
import type { RunOptions, RunResult } from '../../../sandbox/run-process.ts'
import { SideDataReader } from './side-data.ts'
import { findRestarts, readPositions } from './listed-positions.ts'
import { type RunContext, type Listing, type BranchedDecoding, type Decoder, firstBranch } from '../decoder.ts'
import { asBranchedPlan, type BranchedPlan, type DecoderInput, STREAM_DEMUXERS } from '../decode-plan.ts'

/** An ffmpeg program. */
export interface FfmpegProgram {
  readonly path: string
  /** Optional filters and decoders that it lacks. */
  readonly missing: ReadonlySet<string>
  /** True if it crops frames as their container says, unless told otherwise; default false. */
  readonly cropsByContainer?: boolean
  readonly isolation: Isolation
  readonly recorder?: Recorder
}

/** Returns a decoder on the ffmpeg program: each method runs one process. */
export function createFfmpeg (program: FfmpegProgram): Decoder {
  const { path, missing, cropsByContainer = false, isolation, recorder = NO_RECORDER } = program
  const runRecorded = createRecordedRun(path, recorder)
  const judge = createJudge()

  /** Runs a job on a video, twice if need be; see `JudgeRuns`. */
  function runJudged<T> (input: DecoderInput, context: RunContext, job: () => Promise<T>): Promise<T> {
    return judge(job, async () => await inspectOnce(await writeKnownPicture(context.directory, input), context, 1))
  }

  /**
   * Runs the program, which sees only the directory of the request and the video.
   *
   * @throws DecoderCrashError, DecoderLimitError for an end that says nothing about the video
   */
  async function run (
    task: DecoderTask,
    args: readonly string[],
    input: DecoderInput,
    options: Omit<RunOptions, 'isolation' | 'readable'>
  ): Promise<RunResult> {
    const start = watchStart(options.onLine)
    const isDecoding = task === 'decode' || task === 'inspect'
    const result = await runRecorded(task, [...(isDecoding && cropsByContainer ? CROP_BY_CODEC : []), ...args], {
      ...options,
      isolation,
      readable: [input.path],
      onLine: start.take
    })
    const error = endedRunError(result, start)
    if (error !== undefined) throw error
    return result
  }

  return {
    missing,

    async list (input, context) {
      let failure: RunResult | undefined
      for (const audio of ['all', 'usable', 'none'] as const) {
        const listed = await runJudged(input, context, () => listTimes(input, context, audio))
        if ('tracks' in listed) return listed
        failure = listed
      }
      // Of a codec without a decoder, ffmpeg may not know the size, and then copies nothing. Decoding says why.
      await runJudged(input, context, () => inspectOnce(input, context, 1)).catch(rethrowUnsupported)
      throw explainFailure(failure!, input)
    },

    async locate (input, context) {
      const options = { audio: 'none', packing: 'position' } as const
      const listed = await runJudged(input, context, () => listOnce(input, context, options))
      if ('chosen' in listed) return readPositions(listed.chosen)
      throw explainFailure(listed, input)
    },

    inspect: (input, context, count) => runJudged(input, context, () => inspectOnce(input, context, count)),

    cut: (input, plan, target, context) =>
      runJudged(input, context, async () => {
        const limits = { ...listLimits(input.bytes), fileBytes: 2 * input.bytes + CUT_HEAD_BYTES }
        await run('cut', buildCutArguments(input, plan, target), input, { ...context, limits, outputs: [discard] })
        const cut = { ...input, path: target, container: { demuxer: 'nut' } }
        const listed = await listOnce(cut, context, { audio: 'none' }).catch(ignoreFailure)
        return listed !== undefined && 'chosen' in listed ? { input: cut, track: listed.chosen } : undefined
      }),

    decode: async (input, plan, context) => firstBranch(await decodeBranches(input, asBranchedPlan(plan), context)),
    decodeBranches
  }

  async function inspectOnce (
    input: DecoderInput,
    context: RunContext,
    count: number | undefined
  ): Promise<readonly FrameInfo[]> {
    const reader = new FrameInfoReader(makeFilterName())
    const beside = new SideDataReader()
    const onLine = (line: string) => {
      reader.take(line)
      beside.take(line)
    }
    const args = buildInspectArguments(input, reader.filterName, count)
    const result = await run('inspect', args, input, { ...context, limits: DECODE_LIMITS, outputs: [discard], onLine })
    const { rotation, dolbyVision } = beside.sideData
    if (dolbyVision !== undefined) assertCompatibleDolbyVision(dolbyVision)
    if (reader.frames.length === 0) throw explainFailure(result, input)
    return reader.frames.map((frame) => ({ ...frame, rotation }))
  }

  function decodeBranches (input: DecoderInput, plan: BranchedPlan, context: RunContext): Promise<BranchedDecoding> {
    return runJudged(input, context, async () => {
      const log = watchDecoding(plan, (line) => line.startsWith('Stream mapping:'))
      const bytes: Buffer[] = plan.branches.map(() => Buffer.alloc(0))
      const outputs = plan.branches.map(({ pts }, place) => async (output: Readable) => {
        bytes[place] = await readPictures(output, pts.length, input.maxPixels)
      })
      const result = await run('decode', buildDecodeArguments(input, plan, log.filterNames), input, {
        ...context,
        limits: DECODE_LIMITS,
        outputs,
        onLine: log.take
      })
      const pictures = bytes.map(parsePam)
      if (pictures.includes(undefined) || (result.exitCode !== 0 && pictures.every((some) => some?.length === 0))) {
        throw explainFailure(result, input)
      }
      return { branches: pictures.map((some, place) => log.match(place, some ?? [])), decodeError: log.decodeError }
    })
  }

  /** Lists the times of the container, in a second run if the muxer changed any in the first one. */
  async function listTimes (
    input: DecoderInput,
    context: RunContext,
    audio: ListOptions['audio']
  ): Promise<Listing | RunResult> {
    const first = await listOnce(input, context, { audio })
    if (!('tracks' in first) || !first.hasChangedTimes) return first
    const second = await listOnce(input, context, { audio, packing: 'presentation' })
    if (!('tracks' in second)) return second
    const third = STREAM_DEMUXERS.has(input.container.demuxer)
      ? await listOnce(input, context, { audio, packing: 'position' })
      : undefined
    if (third !== undefined && !('tracks' in third)) return third
    return {
      ...second,
      chosen: fillDurations(second.chosen, first.chosen),
      restarts: third === undefined ? [] : findRestarts(third)
    }
  }

  async function listOnce (
    input: DecoderInput,
    context: RunContext,
    options: ListOptions
  ): Promise<(Listing & { hasChangedTimes: boolean }) | RunResult> {
    const isPacked = options.packing !== undefined
    const all = new PacketListReader({ keepPackets: options.packing === 'position', isPacked })
    const chosen = new PacketListReader({ keepPackets: true, isPacked })
    const outputs = [all, chosen].map((reader) => (output: Readable) => readLines(output, reader.take))
    const beside = new SideDataReader()
    let hasChangedTimes = false
    const onLine = (line: string) => {
      beside.take(line)
      hasChangedTimes ||= CHANGED_TIME.test(line)
    }
    const result = await run('list', buildListArguments(input, options), input, {
      ...context,
      limits: listLimits(input.bytes),
      outputs,
      onLine
    })
    if (result.exitCode !== 0) {
      if (beside.hasUnknownVideo(input.container.demuxer)) throw new PosterframeError('unsupported_codec')
      return result
    }
    const [track] = chosen.tracks
    if (track === undefined || !all.tracks.some(({ kind }) => kind === 'video')) {
      throw new PosterframeError('no_video_track')
    }
    const { hasAlpha } = beside.sideData
    return { tracks: all.tracks, chosen: track, hasAlpha, restarts: [], hasChangedTimes }
  }
}

/**
 * Crops by the bitstream only, as earlier versions, libav and browsers do. Earlier versions have an option of this name
 * with other values.
 */
const CROP_BY_CODEC = ['-apply_cropping', 'codec']

/** Size of a NUT file besides its packets, in bytes. */
const CUT_HEAD_BYTES = 2 ** 20

/** Messages of ffmpeg 5.1 to 8 that it changes times which the muxer would reject. */
const CHANGED_TIME = /Invalid DTS: .* replacing by guess|Non-monoton\w+ DTS\b.*; changing to/

/** Takes durations that the container does not state from a listing that was not packed: its muxer derived them. */
function fillDurations (track: ListedTrack, derived: ListedTrack): ListedTrack {
  const packets = track.packets.map((packet, place) => ({
    ...packet,
    durationTicks: packet.durationTicks || (derived.packets[place]?.durationTicks ?? 0)
  }))
  return { ...track, packets }
}

/** Rethrows `unsupported_codec`, an aborted signal and a bug. */
function rethrowUnsupported (error: unknown): void {
  if (isPosterframeError(error, 'unsupported_codec')) throw error
  ignoreFailure(error)
}

/** Returns undefined for a file that ffmpeg cannot list; rethrows an aborted signal and a bug. */
function ignoreFailure (error: unknown): undefined {
  if (!isPosterframeError(error) && !(error instanceof DecoderLimitError)) throw error
}

async function discard (output: Readable): Promise<void> {
  for await (const chunk of output) void chunk
}
