// Recordings begin and end where they were started and stopped: between key frames, in the middle of a packet.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Decoder } from '../../../src/video/decode/decoder.ts'
import { findProgramTables } from '../../../src/video/demux/program-tables.ts'
import { extractFrom, extractFullWith, makeTwoDecoders, readFrameNumber } from '../../support/two-decoders.ts'
import { BARCODE, ffmpeg } from '../../support/videos.ts'

t.setTimeout(300_000)
const videos = t.testdir()
const decoders = await makeTwoDecoders()
const RATE = 25
const GOP = 24

const X264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-x264-params']
const OPEN_GOP = `open-gop=1:keyint=${GOP}:min-keyint=${GOP}:bframes=3:b-adapt=0:scenecut=0`
const KINDS = {
  h264: ['ts', [...X264, OPEN_GOP]],
  'h264-interlaced': ['ts', [...X264, `${OPEN_GOP}:tff=1`]],
  mpeg2: ['ts', ['-c:v', 'mpeg2video', '-bf', '2', '-g', String(GOP), '-q:v', '3', '-sc_threshold', '1000000000']],
  'mpeg2-ps': [
    'mpg',
    ['-c:v', 'mpeg2video', '-bf', '2', '-g', String(GOP), '-q:v', '3', '-sc_threshold', '1000000000', '-f', 'vob']
  ]
} as const

/** Makes 5 s of video and sound, and returns its path. */
async function makeRecording (name: string): Promise<string> {
  const [extension, args] = KINDS[name as keyof typeof KINDS]
  const file = `${name}.${extension}`
  await ffmpeg(
    videos,
    ...['-f', 'lavfi', '-i', `testsrc2=s=320x192:r=${RATE}:d=5`, '-f', 'lavfi', '-i', 'sine=d=5'],
    ...['-vf', `format=yuv420p,${BARCODE}`, '-c:a', 'mp2', ...args, file]
  )
  return join(videos, file)
}

/**
 * Writes the part of a file between two shares of its length: of a program stream, from a pack on, of a transport
 * stream, from the middle of a packet.
 */
async function cutFile (path: string, name: string, from: number, to: number): Promise<string> {
  const bytes = await readFile(path)
  const start = Math.floor(bytes.length * from)
  const cut = join(videos, name)
  await writeFile(
    cut,
    bytes.subarray(path.endsWith('.mpg') ? bytes.indexOf(PACK_START, start) : start, Math.floor(bytes.length * to))
  )
  return cut
}

const PACK_START = Buffer.from([0, 0, 1, 0xba])

/** Makes a recording that begins with the second key frame of `whole`, behind its program tables. Its end is cut. */
async function cutAtKeyFrame (whole: string, decoder: Decoder): Promise<string> {
  const bytes = await readFile(whole)
  const file = { container: { demuxer: 'mpegts' }, isProbed: true, threads: 1, maxPixels: 36e6, bytes: bytes.length }
  const context = { signal: new AbortController().signal, directory: videos }
  const { chosen } = await decoder.list({ path: whole, ...file }, context)
  const positions = await decoder.locate({ path: whole, ...file }, context)
  const second = positions[chosen.packets.findIndex(({ isKey }, place) => isKey && place > 0)]!
  const cut = join(videos, 'from-key.ts')
  const end = Math.floor(bytes.length * 0.93)
  await writeFile(cut, Buffer.concat([findProgramTables(bytes, 188)!, bytes.subarray(second, end)]))
  return cut
}

for (const { name, decoder, skip } of decoders) {
  t.test(`begins with the key frame of an open GOP, not with what is shown before it: ${name}`, { skip }, async (t) => {
    const cut = await cutAtKeyFrame(await makeRecording('mpeg2'), decoder)
    const extract = extractFullWith(decoder)
    for (const timestamp of ['first', '0', '0.05']) {
      t.equal(await readFrameNumber(await extractFrom(t, cut, timestamp, extract)), GOP, timestamp)
    }
  })
}

for (const kind of Object.keys(KINDS)) {
  const whole = await makeRecording(kind)
  const cut = await cutFile(whole, `cut-${kind}`, 0.13, 0.93)

  for (const { name, decoder, skip } of decoders) {
    t.test(`begins with the first frame that decodes: ${kind}, ${name}`, { skip }, async (t) => {
      const extract = extractFullWith(decoder)
      const first = await extractFrom(t, cut, 'first', extract)
      const number = await readFrameNumber(first)
      t.equal(number % GOP, 0, `${number} is a key frame`)
      t.ok(first.isKey)
      t.equal(await readFrameNumber(await extractFrom(t, cut, '0', extract)), number)
      // The last second may be damaged by the cut.
      for (let frames = 0; number + frames < 4 * RATE; frames += 7) {
        const seconds = first.timestampMicros / 1e6 + frames / RATE
        const frame = await extractFrom(t, cut, seconds.toFixed(6), extract)
        t.equal(await readFrameNumber(frame), number + frames, `${frames} frames later`)
      }
    })

    t.test(`damage before and behind a frame does not count: ${kind}, ${name}`, { skip }, async (t) => {
      const bytes = Buffer.from(await readFile(whole))
      for (const share of [0.25, 0.85]) {
        const start = Math.floor(bytes.length * share)
        bytes.fill(0xa5, start, start + 900)
      }
      const damaged = join(videos, `damaged-${kind}`)
      await writeFile(damaged, bytes)
      const extract = extractFullWith(decoder)
      const start = (await extractFrom(t, whole, 'first', extract)).timestampMicros / 1e6
      for (const number of [2 * GOP, 2 * GOP + 5, 3 * GOP - 8]) {
        const frame = await extractFrom(t, damaged, (start + number / RATE).toFixed(6), extract)
        t.equal(await readFrameNumber(frame), number)
      }
    })
  }
}
