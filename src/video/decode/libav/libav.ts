import { PosterframeError } from '../../../errors.ts'
import { DECODE_LIMITS, explainFailure, listLimits, packetLimitError } from '../decode-limits.ts'
import { assertCompatibleDolbyVision } from '../../media/dolby-vision.ts'
import { makeFilterName, watchDecoding } from '../decoding-log.ts'
import { type FrameInfo, FrameInfoReader } from '../frame-info.ts'
import { createJudge } from '../judge-runs.ts'
import { writeKnownPicture } from '../known-picture.ts'
import type { ProcessLimits } from '../../../sandbox/run-process.ts'
import type { LibavPool } from './libav-pool.ts'
import {
  type Answer,
  type AnswerHead,
  DECODING_BEGINS,
  type JobInput,
  MAX_HEAD_BYTES,
  NUMBERS_A_PACKET,
  PACKET_DISCARD,
  PACKET_KEY,
  type Task
} from './libav-messages.ts'
import type { Packet } from '../../media/time.ts'
import { type BranchedDecoding, type Decoder, firstBranch, type Listing, type RunContext } from '../decoder.ts'
import { asBranchedPlan, type BranchedPlan, type DecoderInput, MAX_PACKETS } from '../decode-plan.ts'

const STDERR_TAIL_CHARACTERS = 8192
const FLOAT_BYTES = 8
const BYTES_A_PACKET = NUMBERS_A_PACKET * FLOAT_BYTES
const MAX_LIST_BYTES = MAX_PACKETS * BYTES_A_PACKET + MAX_HEAD_BYTES

/**
 * Returns a decoder on a pool of workers that have loaded libav: the same filters and checks as the program, without
 * starting a process.
 */
export function createLibav (pool: LibavPool, missing: ReadonlySet<string>): Decoder {
  const judge = createJudge()

  /** Runs a job on a video, twice if need be; see `JudgeRuns`. */
  async function runJudged<T> (input: DecoderInput, context: RunContext, job: () => Promise<T>): Promise<T> {
    return await judge(job, async () => {
      await inspectOnce(await writeKnownPicture(context.directory, input), context, 1)
    })
  }

  return {
    missing,

    list,

    async locate (input, context) {
      const { body } = await listPackets(input, context)
      return Array.from({ length: body.length / BYTES_A_PACKET }, (_, index) =>
        body.readDoubleLE(index * BYTES_A_PACKET + 3 * FLOAT_BYTES)
      )
    },

    inspect: (input, context, count = 0) => runJudged(input, context, () => inspectOnce(input, context, count)),

    // No file is needed, because the worker reads the packets in place.
    async cut (input, range, _path, context) {
      const cut = { ...input, range }
      return { input: cut, track: (await list(cut, context)).chosen }
    },

    decode: async (input, plan, context) => firstBranch(await decodeBranches(input, asBranchedPlan(plan), context)),
    decodeBranches
  }

  async function inspectOnce (
    input: DecoderInput,
    context: RunContext,
    count: number
  ): Promise<readonly FrameInfo[]> {
    const reader = new FrameInfoReader(makeFilterName())
    const task = { kind: 'inspect', input: toJobInput(input), filterName: reader.filterName, count } as const
    const log = startLog(reader.take)
    const { head } = await runOnce(pool, task, { ...context, limits: DECODE_LIMITS, maxBytes: MAX_HEAD_BYTES, log })
    if (head.dolbyVision !== undefined) assertCompatibleDolbyVision(head.dolbyVision)
    if (reader.frames.length === 0) {
      throw explainFailure({ exitCode: 1, killedBy: null, stderrTail: log.tail }, input)
    }
    return reader.frames.map((frame) => ({ ...frame, rotation: head.rotation }))
  }

  async function list (input: DecoderInput, context: RunContext): Promise<Listing> {
    const { head, body } = await listPackets(input, context)
    const tracks = head.tracks.map((track, index) => ({
      ...track,
      packets: index === head.chosen ? parsePackets(body) : []
    }))
    const chosen = tracks[head.chosen]
    if (chosen === undefined) throw new PosterframeError('no_video_track')
    return { tracks, chosen, hasAlpha: head.hasAlpha, restarts: head.restarts }
  }

  async function listPackets (input: DecoderInput, context: RunContext) {
    const task = { kind: 'list', input: toJobInput(input) } as const
    const limits = listLimits(input.bytes)
    return await runJudged(input, context, () =>
      runOnce(pool, task, { ...context, limits, maxBytes: MAX_LIST_BYTES, log: startLog(() => {}) })
    )
  }

  async function decodeBranches (
    input: DecoderInput,
    plan: BranchedPlan,
    context: RunContext
  ): Promise<BranchedDecoding> {
    return await runJudged(input, context, async () => {
      const watched = watchDecoding(plan, (line) => line === DECODING_BEGINS)
      const branches = plan.branches.map((branch, place) => ({ ...branch, filterName: watched.filterNames[place]! }))
      const task = {
        kind: 'decode',
        input: toJobInput(input),
        keyFramesOnly: plan.keyFramesOnly,
        seekSeconds: plan.seekSeconds ?? null,
        branches
      } as const
      const maxBytes = branches.reduce((sum, { pts }) => sum + pts.length, 0) * input.maxPixels * 4 + MAX_HEAD_BYTES
      const { head, body } = await runOnce(pool, task, {
        ...context,
        limits: DECODE_LIMITS,
        maxBytes,
        log: startLog(watched.take)
      })
      let at = 0
      const pictures = head.pictures.map(({ branch, width, height, channels }) => {
        const data = body.subarray(at, (at += width * height * channels))
        return { branch, picture: { data, width, height, channels } }
      })
      const of = (place: number) => pictures.filter(({ branch }) => branch === place).map(({ picture }) => picture)
      return { branches: branches.map((_, place) => watched.match(place, of(place))), decodeError: watched.decodeError }
    })
  }
}

interface Log {
  readonly take: (line: string) => void
  readonly tail: string
}

function startLog (onLine: (line: string) => void): Log {
  let tail = ''
  return {
    take (line) {
      onLine(line)
      tail = (tail + line + '\n').slice(-STDERR_TAIL_CHARACTERS)
    },
    get tail () {
      return tail
    }
  }
}

/** A task on a video file. */
type VideoTask = Exclude<Task, { kind: 'about' }>
type AnswerOf<T extends VideoTask> = Answer<Extract<AnswerHead, { kind: T['kind'] }>>

interface RunOptions extends RunContext {
  readonly limits: ProcessLimits
  readonly maxBytes: number
  readonly log: Log
}

/** @throws PosterframeError, DecoderCrashError, DecoderLimitError, the signal's reason */
async function runOnce<T extends VideoTask> (
  pool: LibavPool,
  task: T,
  { signal, directory, limits, maxBytes, log }: RunOptions
): Promise<AnswerOf<T>> {
  const answer = await pool.withWorker(signal, (worker) =>
    worker.run(task, { signal, directory, limits, maxBytes, onLine: log.take })
  )
  if (answer.head.kind === 'failure') throw explain(answer.head, task.input, log.tail)
  return answer as AnswerOf<T>
}

function explain (
  { failure, reason }: Extract<AnswerHead, { kind: 'failure' }>,
  input: JobInput,
  stderrTail: string
): Error {
  if (failure === 'failed') return explainFailure({ exitCode: 1, killedBy: null, stderrTail }, input)
  const cause = new Error(reason)
  if (failure === 'bug') return new PosterframeError('internal_error', { cause })
  return failure === 'video_limits_exceeded' ? packetLimitError(cause) : new PosterframeError(failure, { cause })
}

function toJobInput ({ container, ...input }: DecoderInput): JobInput {
  const { path, isProbed, decoderName, threads, maxPixels, matrix, range, slice, videoTrack, ignoresEdits } = input
  const { demuxer } = container
  return { path, demuxer, isProbed, decoderName, threads, maxPixels, matrix, range, slice, videoTrack, ignoresEdits }
}

function parsePackets (body: Buffer): Packet[] {
  return Array.from({ length: body.length / BYTES_A_PACKET }, (_, index) => {
    const at = index * BYTES_A_PACKET
    const flags = body.readDoubleLE(at + 2 * FLOAT_BYTES)
    return {
      pts: body.readDoubleLE(at),
      durationTicks: body.readDoubleLE(at + FLOAT_BYTES),
      isKey: (flags & PACKET_KEY) !== 0,
      isShown: (flags & PACKET_DISCARD) === 0
    }
  })
}
