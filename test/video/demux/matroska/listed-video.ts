import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { type FrameTime, PresentationClock, listFrameTimes } from '../../../../src/video/extract/choose-frame.ts'
import { PacketListReader } from '../../../../src/video/decode/packet-list.ts'
import { findTestFfmpeg } from '../../../support/videos.ts'
import type { ByteReader } from '../../../../src/video/source/byte-source.ts'
import { ticksToMicros } from '../../../../src/video/media/time.ts'

const run = promisify(execFile)

/** A video as ffmpeg lists it: the truth that the index has to agree with. */
export interface ListedVideo {
  readonly frames: readonly FrameTime[]
  readonly clock: PresentationClock
  readonly durationMicros: number
}

/** Lists a Matroska file's packets. */
export async function listVideo (path: string): Promise<ListedVideo> {
  const all = await list(path, ['-map', '0:V?', '-map', '0:a?'])
  const [chosen] = await list(path, ['-an', '-sn', '-dn'])
  const spans = all.flatMap(({ span, timeBase }) =>
    span === undefined ? [] : [{ start: ticksToMicros(span.start, timeBase), end: ticksToMicros(span.end, timeBase) }]
  )
  const zero = Math.min(...spans.map(({ start }) => start))
  return {
    frames: listFrameTimes(chosen!.packets)!,
    clock: new PresentationClock(chosen!.timeBase, zero),
    durationMicros: Math.max(...spans.map(({ end }) => end)) - zero
  }
}

async function list (path: string, map: readonly string[]) {
  const { stdout } = await run(
    await findTestFfmpeg(),
    [
      '-nostdin',
      '-v',
      'quiet',
      '-copyts',
      '-f',
      'matroska',
      '-i',
      path,
      ...map,
      '-c',
      'copy',
      '-copyinkf',
      '-copypriorss',
      '1',
      '-f',
      'framecrc',
      'pipe:1'
    ],
    { maxBuffer: 2 ** 28 }
  )
  const reader = new PacketListReader({ keepPackets: true })
  for (const line of stdout.split('\n')) reader.take(line)
  return reader.tracks
}

/** A source that counts what it is asked. */
export class CountingSource implements ByteReader {
  readonly #data: Buffer
  reads = 0
  bytesRead = 0

  constructor (data: Buffer) {
    this.#data = data
  }

  static async open (path: string): Promise<CountingSource> {
    return new CountingSource(await readFile(path))
  }

  get size (): number {
    return this.#data.length
  }

  async read (start: number, end: number): Promise<Buffer> {
    if (start < 0 || end > this.#data.length || start > end) {
      throw new RangeError(`${start} to ${end} is not in the source`)
    }
    this.reads++
    this.bytesRead += end - start
    return Buffer.from(this.#data.subarray(start, end))
  }
}
