import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { PosterframeError } from '../errors.ts'
import { type DecoderTask, NO_RECORDER, type Recorder } from '../telemetry/recorder.ts'
import { type BranchedPlan, type CutPlan, type DecodePlan, type FfmpegInput, planCutArguments, planDecodeArguments, planInspectArguments, planListArguments } from './ffmpeg-arguments.ts'
import { decodeBranch, makeFilterName, watchDecoding } from './decode-branches.ts'
import { type FrameFacts, FrameFactsReader } from './frame-facts.ts'
import type { Isolation } from './isolation.ts'
import { refuseIncompatible } from './dolby-vision.ts'
import { type ListedTrack, PacketListReader } from './packet-list.ts'
import { type Picture, parsePam } from './picture.ts'
import { readLines } from './read-lines.ts'
import { createRecordedRun } from './recorded-run.ts'
import { DECODE_LIMITS, explainFailure, isOutOfLimits, planListLimits } from './decode-limits.ts'
import { DecoderLostError, retryLost } from './retry-lost.ts'
import type { RunOptions, RunResult } from './run-process.ts'
import { SideDataReader } from './side-data.ts'

/** What the runs of one request share. */
export interface RunContext {
  readonly signal: AbortSignal
  /** The request's own directory on scratch. */
  readonly directory: string
}

/** What a container lists: every video and audio track's span, and the chosen video track's packets. */
export interface Listing {
  readonly tracks: readonly ListedTrack[]
  readonly chosen: ListedTrack
  /** Whether an alpha channel stands beside the picture. */
  readonly hasAlpha: boolean
  /** Whether ffmpeg put times of its own in place of some of the chosen track's that it thought impossible. */
  readonly isGuessed: boolean
}

/** Packets apart from all others of their video, whose times may be in other ticks. */
export interface Cut {
  readonly input: FfmpegInput
  readonly track: ListedTrack
}

/** A decoded frame: what it is, and its pixels. */
export interface DecodedFrame {
  readonly facts: FrameFacts
  readonly picture: Picture
}

/** What became of a plan. */
export interface Decoding {
  /** Those that cannot be had are absent. */
  readonly frames: readonly DecodedFrame[]
  /** What the decoder said of damage that it patched up, until the last frame came; undefined where it said nothing. */
  readonly damage: string | undefined
}

/** What became of a plan with branches. */
export interface BranchedDecoding extends Pick<Decoding, 'damage'> {
  /** Of each branch, in their order, as in `Decoding`. */
  readonly branches: ReadonlyArray<readonly DecodedFrame[]>
}

/** ffmpeg, as Posterframe uses it: each method is one run of one process. All throw `corrupt_video` and its kin. */
export interface Ffmpeg {
  /** Those of the filters that Posterframe may want which this program lacks. */
  readonly missing: ReadonlySet<string>
  /** Lists packets. Throws `no_video_track` too. */
  list (input: FfmpegInput, context: RunContext): Promise<Listing>
  /** Says what the first `count` decoded frames are, or all. Throws `unsupported_codec` for what `refuseIncompatible` refuses. */
  inspect (input: FfmpegInput, context: RunContext, count?: number): Promise<readonly FrameFacts[]>
  /** Sets packets of the chosen track apart, in a file at `path` where it takes one, and lists what came; undefined where that cannot be done. */
  cut (input: FfmpegInput, plan: CutPlan, path: string, context: RunContext): Promise<Cut | undefined>
  /** Decodes the frames of a plan. */
  decode (input: FfmpegInput, plan: DecodePlan, context: RunContext): Promise<Decoding>
  /** As `decode`, for several things that are made of frames which are decoded once. */
  decodeBranches (input: FfmpegInput, plan: BranchedPlan, context: RunContext): Promise<BranchedDecoding>
}

/** A program to bind the port to. */
export interface FfmpegProgram {
  readonly path: string
  /** Which filters and decoders it lacks. */
  readonly missing: ReadonlySet<string>
  readonly isolation: Isolation
  readonly recorder?: Recorder
}

/** Binds the port to a program. */
export function createFfmpeg ({ path, missing, isolation, recorder = NO_RECORDER }: FfmpegProgram): Ffmpeg {
  const runRecorded = createRecordedRun(path, recorder)

  /** Of the disk it sees the request's own directory and the video. */
  async function run (task: DecoderTask, args: readonly string[], input: FfmpegInput, options: Omit<RunOptions, 'isolation' | 'readable'>): Promise<RunResult> {
    const result = await runRecorded(task, args, { ...options, isolation, readable: [input.path] })
    if (result.killedBy !== null && !isOutOfLimits(result)) throw new DecoderLostError(result.killedBy, result.exitCode)
    return result
  }

  return {
    missing,

    async list (input, context) {
      const withAudio = await retryLost(() => listOnce(input, context, { withAudio: true }))
      if ('tracks' in withAudio) return withAudio
      const withoutAudio = isOutOfLimits(withAudio) ? withAudio : await retryLost(() => listOnce(input, context, { withAudio: false }))
      if ('tracks' in withoutAudio) return withoutAudio
      throw explainFailure(withoutAudio)
    },

    inspect: (input, context, count) => retryLost(async () => {
      const reader = new FrameFactsReader(makeFilterName())
      const beside = new SideDataReader()
      const onLine = (line: string) => { reader.take(line); beside.take(line) }
      const args = planInspectArguments(input, reader.filterName, count)
      const result = await run('inspect', args, input, { ...context, limits: DECODE_LIMITS, outputs: [discard], onLine })
      const { rotation, dolbyVision } = beside.sideData
      if (dolbyVision !== undefined) refuseIncompatible(dolbyVision)
      if (reader.frames.length === 0) throw explainFailure(result)
      return reader.frames.map((frame) => ({ ...frame, rotation }))
    }),

    cut: (input, plan, target, context) => retryLost(async () => {
      const limits = { ...planListLimits(input.bytes), fileBytes: 2 * input.bytes + CUT_HEAD_BYTES }
      await run('cut', planCutArguments(input, plan, target), input, { ...context, limits, outputs: [discard] })
      const cut = { ...input, path: target, container: { demuxer: 'nut' } }
      const listing = await listOnce(cut, context, { withAudio: false }).catch(() => undefined)
      return listing !== undefined && 'chosen' in listing ? { input: cut, track: listing.chosen } : undefined
    }),

    decode: (input, plan, context) => decodeBranch(decodeBranches, input, plan, context),
    decodeBranches
  }

  function decodeBranches (input: FfmpegInput, plan: BranchedPlan, context: RunContext): Promise<BranchedDecoding> {
    return retryLost(async () => {
      const log = watchDecoding(plan, (line) => line.startsWith('Stream mapping:'))
      const bytes: Buffer[] = plan.branches.map(() => Buffer.alloc(0))
      const outputs = plan.branches.map(({ pts }, place) => async (output: Readable) => {
        bytes[place] = await readBounded(output, pts.length * (input.maxPixels * 4 + 1024))
      })
      const result = await run('decode', planDecodeArguments(input, plan, log.filterNames), input, { ...context, limits: DECODE_LIMITS, outputs, onLine: log.take })
      const pictures = bytes.map(parsePam)
      if (pictures.includes(undefined) || (result.exitCode !== 0 && pictures.every((some) => some?.length === 0))) throw explainFailure(result)
      return { branches: pictures.map((some, place) => log.match(place, some ?? [])), damage: log.damage }
    })
  }

  async function listOnce (input: FfmpegInput, context: RunContext, options: { withAudio: boolean }): Promise<Listing | RunResult> {
    const all = new PacketListReader({ keepPackets: false })
    const chosen = new PacketListReader({ keepPackets: true })
    const outputs = [all, chosen].map((reader) => (output: Readable) => readLines(output, reader.take))
    const beside = new SideDataReader()
    let isGuessed = false
    const onLine = (line: string) => { beside.take(line); isGuessed ||= GUESSED_TIME.test(line) }
    const result = await run('list', planListArguments(input, options), input, { ...context, limits: planListLimits(input.bytes), outputs, onLine })
    if (result.exitCode !== 0) return result
    const [track] = chosen.tracks
    if (track === undefined || !all.tracks.some(({ kind }) => kind === 'video')) throw new PosterframeError('no_video_track')
    return { tracks: all.tracks, chosen: track, hasAlpha: beside.sideData.hasAlpha, isGuessed }
  }
}

/** What a file of packets has beside them. */
const CUT_HEAD_BYTES = 2 ** 20

/** Said of the second output, which is the chosen track; by ffmpeg from 6.0 on in the second form. */
const GUESSED_TIME = /Invalid DTS: .* in output stream 1:0, replacing by guess|^\[vost#1:0\S* @ \w+\] Invalid DTS: .* replacing by guess/

async function discard (output: Readable): Promise<void> {
  for await (const chunk of output) void chunk
}

async function readBounded (output: Readable, maxBytes: number): Promise<Buffer> {
  let bytes = 0
  return await buffer((async function * () {
    for await (const chunk of output as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maxBytes) throw new PosterframeError('video_limits_exceeded', { detail: 'The picture is larger than is decoded here.' })
      yield chunk
    }
  })())
}
