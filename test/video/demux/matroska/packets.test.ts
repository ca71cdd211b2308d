import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BufferSource, EncodedPacketSink, Input, Logging, LogLevel, MATROSKA, WEBM } from 'mediabunny'
import t, { type Test } from 'tap'
import { isPosterframeError } from '../../../../src/errors.ts'
import { toLengthPrefixed } from '../../../../src/video/bitstream/annex-b.ts'
import { openMatroskaIndex } from '../../../../src/video/demux/matroska/open-matroska-index.ts'
import { RangedExtractionError } from '../../../../src/video/media/ranged-extraction-error.ts'
import type { TrackInfo } from '../../../../src/video/media/track.ts'
import { createCountingReader } from '../../../support/counting-reader.ts'
import { H264, ffmpeg } from '../../../support/videos.ts'

Logging.level = LogLevel.Silent
t.setTimeout(180_000)

/** Besides the files made here: those of the folders that are there. */
const FOLDERS = [
  ...['media', 'faults'].map((name) => fileURLToPath(new URL(`../../../../../shared/${name}`, import.meta.url))),
  ...(process.env['MATROSKA_FOLDER'] === undefined ? [] : [process.env['MATROSKA_FOLDER']])
]
const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=s=160x96:r=25:d=8']
const SOUND = ['-f', 'lavfi', '-i', 'sine=d=8']
const LIVE = ['-f', 'matroska', '-live', '1']
const VIDEOS: Readonly<Record<string, readonly string[]>> = {
  'plain.mkv': [...PICTURE, ...SOUND, ...H264, '-c:a', 'aac'],
  'without-cues.mkv': [...PICTURE, ...SOUND, ...H264, '-c:a', 'libopus', ...LIVE, '-cluster_time_limit', '700'],
  'open-gop.mkv': [...PICTURE, ...H264, '-x264-params', 'open-gop=1'],
  'vp9.webm': [...PICTURE, '-c:v', 'libvpx-vp9', '-cpu-used', '8', '-g', '40', '-lag-in-frames', '16'],
  'one-cluster.mkv': [...PICTURE, ...H264, '-cluster_time_limit', '30000', '-cluster_size_limit', '100000000']
}

for (const [name, args] of Object.entries(VIDEOS)) {
  t.test(`mediabunny names the same packets: ${name}`, async (t) => {
    const directory = t.testdir()
    await ffmpeg(directory, ...args, name)
    t.equal(await compare(t, join(directory, name)), 'compared')
  })
}

for (const folder of FOLDERS) {
  const isThere = existsSync(folder)
  const name = folder.split('/').at(-1)
  t.test(`mediabunny names the same packets: ${name}`, { skip: !isThere && 'not there' }, async (t) => {
    const outcomes: Record<string, string> = {}
    for (const file of readdirSync(folder).filter((name) => /\.(mkv|webm)$/.test(name))) {
      if (readFileSync(join(folder, file)).length > 0) outcomes[file] = await compare(t, join(folder, file))
    }
    const compared = Object.values(outcomes).filter((outcome) => outcome === 'compared').length
    t.comment(`${compared} files compared`, outcomes)
    t.ok(compared > 0)
  })
}

/** Compares the runs to some moments, packet by packet. Returns the reason if a file is left to the full download. */
async function compare (t: Test, path: string): Promise<string> {
  const name = path.split('/').at(-1)!
  const bytes = readFileSync(path)
  const source = createCountingReader(bytes)
  try {
    const index = await openMatroskaIndex(source, 'matroska')
    const theirs = await listPackets(bytes, index.info)
    const zero = Math.min(...theirs.map(({ ticks }) => ticks))
    const firstPts = (await index.readPacketRange(source, 0, 'exact')).packets[0]!.pts
    const shift = theirs[0]!.ticks - firstPts
    t.ok(shift <= zero, `${name} begins no later than its first frame`)
    const duration = index.info.durationMicros ?? 0
    for (const part of [0, 0.07, 0.21, 0.42, 0.5, 0.66, 0.83, 0.93, 0.99, Infinity]) {
      const atMicros = part === Infinity ? Number.MAX_SAFE_INTEGER : Math.floor(duration * part)
      for (const seek of ['exact', 'keyframe'] as const) {
        const { packets } = await index.readPacketRange(source, atMicros, seek)
        const start = theirs.findIndex(({ ticks }) => ticks === packets[0]!.pts + shift)
        t.ok(start >= 0, `${name}: the first packet is one of the file`)
        t.same(
          packets.map(({ pts, isKey }) => [pts + shift, isKey]),
          theirs.slice(start, start + packets.length).map(({ ticks, isKey }) => [ticks, isKey]),
          `${name}: ${seek} at ${part}`
        )
        t.ok(
          packets.every(({ data }, place) => data.equals(theirs[start + place]!.data)),
          `${name}: the same bytes`
        )
      }
    }
    return 'compared'
  } catch (error) {
    if (error instanceof RangedExtractionError || isPosterframeError(error)) return error.message
    throw error
  }
}

async function listPackets (bytes: Buffer, { timescale, sampleEntry }: TrackInfo) {
  const input = new Input({ formats: [MATROSKA, WEBM], source: new BufferSource(bytes) })
  try {
    const sink = new EncodedPacketSink((await input.getPrimaryVideoTrack())!)
    const packets = []
    for await (const { timestamp, type, data } of sink.packets()) {
      const packet = Buffer.from(data)
      packets.push({
        ticks: Math.round(timestamp * timescale),
        isKey: type === 'key',
        data: sampleEntry === 'avc3' ? toLengthPrefixed(packet) : packet
      })
    }
    return packets
  } finally {
    input.dispose()
  }
}
