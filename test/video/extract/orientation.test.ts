// The display matrix of the container alone rotates and mirrors a picture, by both decoders, in both modes. A display
// orientation SEI message (Rec. ITU-T H.264, section D.2.27; H.265, section D.3.17) does not.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseTimestamp } from '../../../src/options/timestamp.ts'
import { HALF, MIRRORED_QUARTER, QUARTER_CLOCKWISE, setDisplayMatrix, type Turn } from '../../support/display-matrix.ts'
import { readExactCrop } from '../../support/exact-crop.ts'
import { makeExtractionModes } from '../../support/extraction-modes.ts'
import { measurePsnr } from '../../support/psnr.ts'
import { ffmpeg } from '../../support/videos.ts'
import { golomb, packBits } from '../bitstream/bits.ts'

t.setTimeout(240_000)
const videos = t.testdir()
const modes = await makeExtractionModes()
const WHOLE = { width: 192, height: 96 }
const UNCROPPED = { left: 0, right: 0, top: 0, bottom: 0 }
const LEAST_PSNR = 45

const STREAMS = {
  h264: { args: ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '4', '-bf', '0', '-f', 'h264'], sei: [0x06] },
  hevc: {
    args: [
      '-c:v', 'libx265', '-preset', 'ultrafast', '-tag:v', 'hvc1', '-f', 'hevc',
      '-x265-params', 'qp=4:bframes=0:repeat-headers=1:log-level=error'
    ],
    sei: [0x4e, 0x01]
  }
}

/** A message that turns the picture by a quarter anticlockwise, and stays until the next sequence. */
function makeOrientation (header: readonly number[]): Buffer {
  // display_orientation_cancel_flag, hor_flip, ver_flip, anticlockwise_rotation; H.264 has a repetition period of
  // ue(v) and an extension flag, H.265 a persistence flag.
  const isAvc = header.length === 1
  const payload = packBits(`0 0 0 0100000000000000 ${isAvc ? `${golomb(1)} 0` : '1'} 1`)
  // Two bytes of zero and a small one would need emulation prevention; these have none.
  return Buffer.concat([Buffer.from([0, 0, 0, 1, ...header, 47, payload.length]), payload, Buffer.from([0x80])])
}

/** Inserts a unit before the first slice of a raw stream, or before every slice. */
function insertUnit (stream: Buffer, codec: 'h264' | 'hevc', unit: Buffer, { isRepeated = false } = {}): Buffer {
  const parts: Buffer[] = []
  let start = 0
  let isInserted = false
  for (let at = stream.indexOf('\0\0\x01', 0, 'latin1'); at !== -1; at = stream.indexOf('\0\0\x01', at + 3, 'latin1')) {
    const first = stream.readUInt8(at + 3)
    const isSlice = codec === 'h264' ? [1, 5].includes(first & 0x1f) : ((first >>> 1) & 0x3f) < 32
    const place = at > 0 && stream[at - 1] === 0 ? at - 1 : at
    if (!isSlice || (isInserted && !isRepeated)) continue
    parts.push(stream.subarray(start, place), unit)
    start = place
    isInserted = true
  }
  return Buffer.concat([...parts, stream.subarray(start)])
}

/** Makes videos with the message at the first frame (`once`) or at each one. */
async function makeStreams (codec: 'h264' | 'hevc'): Promise<void> {
  const { args, sei } = STREAMS[codec]
  const stream = `whole.${codec}`
  await ffmpeg(videos, '-f', 'lavfi', '-i', 'testsrc2=s=192x96:r=25:d=0.4', '-pix_fmt', 'yuv420p', ...args, stream)
  const whole = await readFile(join(videos, stream))
  const unit = makeOrientation(sei)
  await writeFile(join(videos, `once.${codec}`), insertUnit(whole, codec, unit))
  await writeFile(join(videos, `each.${codec}`), insertUnit(whole, codec, unit, { isRepeated: true }))
  for (const name of ['once', 'each']) {
    for (const extension of ['mp4', 'mkv', 'ts']) {
      // Matroska needs times, which a raw stream lacks.
      const from = extension === 'mkv' ? `${name}-${codec}.mp4` : `${name}.${codec}`
      await ffmpeg(videos, '-r', '25', '-i', from, '-c', 'copy', `${name}-${codec}.${extension}`)
    }
  }
}

/** Checks the first and a later frame against the coded picture with the filters of a rotation. */
async function checkOrientation (
  t: Test,
  path: string,
  { rotation, filters, isRanged = true }: { rotation: number, filters: readonly string[], isRanged?: boolean }
): Promise<void> {
  const isOnItsSide = rotation % 180 === 90
  const size = isOnItsSide ? { width: 96, height: 192 } : { width: 192, height: 96 }
  for (const { name, ranged, full, describe } of modes) {
    t.match(await describe(t, path), { ...size, rotation }, `${name}: described`)
    for (const extract of isRanged ? [ranged, full] : [full]) {
      const first = await extract(t, path)
      t.match(first.source, { ...size, rotation }, `${name}, ${first.mode}`)
      const psnr = measurePsnr(first.picture, await readExactCrop(path, WHOLE, UNCROPPED, filters))
      t.ok(psnr > LEAST_PSNR, `${name}, ${first.mode}: ${psnr.toFixed(1)} dB`)
      const later = await extract(t, path, { timestamp: parseTimestamp('0.2') })
      t.match(later.picture, size, `${name}, ${first.mode}: a later frame has the same orientation`)
    }
  }
}

for (const codec of ['h264', 'hevc'] as const) {
  t.test(`${codec}: an SEI message does not rotate the picture`, async (t) => {
    await makeStreams(codec)
    for (const file of [`once-${codec}.mp4`, `each-${codec}.mkv`, `once-${codec}.ts`]) {
      const isRanged = !file.endsWith('.ts')
      await t.test(file, (t) => checkOrientation(t, join(videos, file), { rotation: 0, filters: [], isRanged }))
    }
  })

  const TURNS: Array<[what: string, turn: Turn, rotation: number, filters: readonly string[]]> = [
    ['a quarter clockwise', QUARTER_CLOCKWISE, 90, ['transpose=clock']],
    ['half', HALF, 180, ['hflip', 'vflip']],
    ['a mirrored quarter', MIRRORED_QUARTER, 90, ['transpose=cclock_flip']]
  ]
  t.test(`${codec}: the container rotates the picture, whatever an SEI message says`, async (t) => {
    for (const [place, [what, turn, rotation, filters]] of TURNS.entries()) {
      const path = join(videos, `${codec}-${place}.mp4`)
      await writeFile(path, setDisplayMatrix(await readFile(join(videos, `each-${codec}.mp4`)), turn))
      await t.test(what, (t) => checkOrientation(t, path, { rotation, filters }))
    }
  })
}
