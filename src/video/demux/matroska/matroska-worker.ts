// Runs in a worker thread of its own, since the files come from strangers and the reader is not bounded by
// construction. It knows no file and no store: whatever it reads it asks the main thread for.
import { parentPort } from 'node:worker_threads'
import { CustomSource, EncodedPacketSink, Input, Logging, LogLevel, MATROSKA, WEBM } from 'mediabunny'
import { type PacketTrack, type TimedPacket, collectBefore, collectPackets, findStart } from './collect-packets.ts'
import type {
  AnsweredPackets,
  MatroskaAnswer,
  MatroskaJob,
  FromWorker,
  ToWorker,
  TrackEnd
} from './matroska-messages.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'

const port = parentPort!
const awaited = new Map<number, (data: Uint8Array) => void>()
let reads = 0

Logging.level = LogLevel.Silent

port.on('message', (message: ToWorker) => {
  if (message.kind === 'job') void answer(message.job)
  else awaited.get(message.id)?.(message.data)
})

async function answer (job: MatroskaJob): Promise<void> {
  const input = new Input({
    formats: [MATROSKA, WEBM],
    source: new CustomSource({ getSize: () => job.bytes, read: requestBytes })
  })
  try {
    const answer = await perform(input, job)
    send({ kind: 'answer', answer }, answer.kind === 'ends' ? [] : [answer.data.buffer])
  } catch (error) {
    send({
      kind: 'refused',
      reason: error instanceof RangedExtractionError ? error.message : `the reader gave up: ${String(error)}`
    })
  } finally {
    input.dispose()
    awaited.clear()
  }
}

function requestBytes (start: number, end: number): Promise<Uint8Array> {
  const id = ++reads
  return new Promise((resolve) => {
    awaited.set(id, (data) => {
      awaited.delete(id)
      resolve(data)
    })
    send({ kind: 'read', id, start, end })
  })
}

function send (message: FromWorker, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}

async function perform (input: Input, job: MatroskaJob): Promise<MatroskaAnswer> {
  if (job.task.kind === 'ends') {
    const ends: TrackEnd[] = []
    for (const number of job.task.tracks) {
      ends.push(await findEnd({ sink: await openTrack(input, number), job }, number))
    }
    return { kind: 'ends', ends }
  }
  const track = { sink: await openTrack(input, job.track), job }
  if (job.task.kind === 'run') {
    const { run, isPastEnd } = await collectPackets(track, job.task)
    return { kind: 'run', isPastEnd, ...joinPackets(run) }
  }
  if (job.task.kind === 'before') return { kind: 'before', ...joinPackets(await collectBefore(track, job.task)) }
  const keys = new Map<number, TimedPacket>()
  for (const atTicks of job.task.atTicks) {
    const { start } = await findStart(track, atTicks)
    keys.set(start.ticks, start)
  }
  return { kind: 'keys', ...joinPackets([...keys.values()]) }
}

async function openTrack (input: Input, number: number): Promise<EncodedPacketSink> {
  const track = (await input.getTracks()).find(({ id }) => id === number)
  if (track === undefined) throw new RangedExtractionError('the reader does not know the track')
  return new EncodedPacketSink(track)
}

async function findEnd ({ sink, job }: PacketTrack, track: number): Promise<TrackEnd> {
  const last = await sink.getPacket(Infinity, { metadataOnly: true })
  if (last === null) return { track, lastTicks: NaN, durationTicks: 0, gapTicks: 0 }
  const before = await sink.getPacket(last.timestamp - 0.5 / job.ticksPerSecond, { metadataOnly: true })
  return {
    track,
    lastTicks: Math.round(last.timestamp * job.ticksPerSecond),
    // The container may say it more finely than in ticks; ffmpeg drops the rest.
    durationTicks: Math.floor(last.duration * job.ticksPerSecond + 1e-6),
    gapTicks: before === null ? 0 : Math.round((last.timestamp - before.timestamp) * job.ticksPerSecond)
  }
}

function joinPackets (run: readonly TimedPacket[]): AnsweredPackets {
  const data = new Uint8Array(run.reduce((bytes, { packet }) => bytes + packet.byteLength, 0))
  let at = 0
  const packets = run.map(({ packet, ticks }) => {
    data.set(packet.data, at)
    at += packet.byteLength
    return { ticks, isKey: packet.type === 'key', bytes: packet.byteLength }
  })
  return { packets, data }
}
