import { decodeFrames } from './decode-frames.ts'
import { createFrameGraph } from './frame-graph.ts'
import type { Libav, LibavFrame, LibavInput, LibavStream } from './libav-binding.ts'
import { listPackets } from './list-packets.ts'
import { colorSpaceFilter, rotationFilters } from './preparing-filters.ts'
import { chooseTrack, JobError, LOG_INFO, openInput } from './open-input.ts'
import { readDolbyVision, readRotation } from './stream-info.ts'
import { type AnswerHead, DECODING_BEGINS, type JobInput, type Task, type TaskAnswer } from './libav-messages.ts'

type TaskOf<Kind extends Task['kind']> = Extract<Task, { kind: Kind }>

/**
 * Runs a task of a worker. libav logs to stderr, including the lines of `showinfo`.
 *
 * @throws JobError if it cannot be done
 */
export async function runTask (libav: Libav, task: Task): Promise<TaskAnswer> {
  switch (task.kind) {
    case 'about':
      return { head: describe(libav, task), body: [] }
    case 'list':
      return await withInput(libav, task.input, (input, chosen) =>
        listPackets(libav, input, { job: task.input, chosen })
      )
    case 'inspect':
      return await withInput(libav, task.input, (input, chosen) => inspect(libav, input, chosen, task))
    case 'decode':
      return await withInput(libav, task.input, (input, chosen) => decode(libav, input, chosen, task))
  }
}

function describe (libav: Libav, { filters, decoders }: TaskOf<'about'>): AnswerHead {
  const missing = [
    ...filters.filter((name) => libav.Filter.getByName(name) === null),
    ...decoders.filter((name) => libav.Codec.findDecoderByName(name) === null)
  ]
  return { kind: 'about', version: libav.getFFmpegInfo().version, missing }
}

async function withInput (
  libav: Libav,
  job: JobInput,
  use: (input: LibavInput, chosen: number) => Promise<TaskAnswer>
): Promise<TaskAnswer> {
  const input = openInput(libav, job)
  try {
    return await use(input, chooseTrack(input, job))
  } finally {
    input.closeInputSync()
  }
}

async function inspect (
  libav: Libav,
  input: LibavInput,
  chosen: number,
  { input: job, filterName, count }: TaskOf<'inspect'>
): Promise<TaskAnswer> {
  const stream = input.streams[chosen] as LibavStream
  const head: AnswerHead = { kind: 'inspect', rotation: readRotation(stream), dolbyVision: readDolbyVision(stream) }
  const graph = createFrameGraph(libav, () => `showinfo@${filterName}=checksum=0`, {
    timeBase: stream.timeBase,
    threads: job.threads
  })
  try {
    let seen = 0
    for await (const frame of decodeFrames(
      libav,
      input,
      { ...job, chosen },
      { keyFramesOnly: false, seekSeconds: null }
    )) {
      seen += [...graph.push(frame)].length
      if (seen === count) break
    }
  } finally {
    graph.free()
  }
  return { head, body: [] }
}

/**
 * Only the requested frames pass through the filters of each branch, which has the effect of a leading `select`; no
 * packet is read after the last one.
 */
async function decode (libav: Libav, input: LibavInput, chosen: number, task: TaskOf<'decode'>): Promise<TaskAnswer> {
  const stream = input.streams[chosen] as LibavStream
  libav.Log.log(LOG_INFO, `${DECODING_BEGINS}\n`)
  const pictures: DecodedPicture[] = []
  const body: Buffer[] = []
  const branches = task.branches.map((branch, place) =>
    openBranch(libav, stream, task, branch, (frame) => {
      pictures.push({ branch: place, width: frame.width, height: frame.height, channels: countChannels(libav, frame) })
      body.push(frame.toBuffer())
    })
  )
  try {
    for await (const frame of decodeFrames(libav, input, { ...task.input, chosen }, task)) {
      for (const branch of branches) branch.take(frame)
      if (branches.every(({ isComplete }) => isComplete())) break
    }
    for (const branch of branches) branch.flush()
  } catch (error) {
    if (!(error instanceof JobError) || pictures.length === 0) throw error
  } finally {
    for (const branch of branches) branch.free()
  }
  return { head: { kind: 'decode', pictures }, body }
}

type DecodedPicture = Extract<AnswerHead, { kind: 'decode' }>['pictures'][number]

/** Filters of a branch, and the times that it still waits for. */
function openBranch (
  libav: Libav,
  stream: LibavStream,
  { input: { threads, matrix } }: TaskOf<'decode'>,
  { pts, filters, filterName }: TaskOf<'decode'>['branches'][number],
  give: (frame: LibavFrame) => void
) {
  const write = (frame: LibavFrame) =>
    [...rotationFilters(stream, matrix), `showinfo@${filterName}=checksum=0`, ...colorSpaceFilter(frame), filters].join(
      ','
    )
  const graph = createFrameGraph(libav, write, { timeBase: stream.timeBase, threads })
  const own = new libav.Frame()
  own.alloc()
  // Several frames may have the same time; `pts` then lists it as many times.
  const wanted = new Map([...Map.groupBy(pts, BigInt)].map(([time, copies]) => [time, copies.length]))
  let given = 0
  const keep = (frames: Iterable<LibavFrame>) => {
    for (const frame of frames) {
      if (given === pts.length) return
      given++
      give(frame)
    }
  }
  return {
    take (frame: LibavFrame): void {
      const copies = wanted.get(frame.pts)
      if (copies === undefined) return
      if (copies === 1) wanted.delete(frame.pts)
      else wanted.set(frame.pts, copies - 1)
      // The graph empties its input frame, which other branches may need too.
      if (own.ref(frame) < 0) throw new JobError('failed', 'a frame could not be referred to')
      keep(graph.push(own))
    },
    flush (): void {
      keep(graph.flush())
    },
    isComplete: () => wanted.size === 0,
    free (): void {
      graph.free()
      own.free()
    }
  }
}

function countChannels (libav: Libav, { format }: LibavFrame): 3 | 4 {
  const name = libav.avGetPixFmtName(format)
  if (name !== 'rgb24' && name !== 'rgba') throw new JobError('failed', `the filters gave ${name}`)
  return name === 'rgba' ? 4 : 3
}
