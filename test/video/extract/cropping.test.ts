// Frames are cropped to the pixel, as their bitstream says, by both decoders, in both modes.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { QUARTER_CLOCKWISE, setDisplayMatrix } from '../../support/display-matrix.ts'
import { type CropPlan, readExactCrop } from '../../support/exact-crop.ts'
import { makeExtractionModes } from '../../support/extraction-modes.ts'
import { measurePsnr } from '../../support/psnr.ts'
import { ffmpeg } from '../../support/videos.ts'
import type { Picture } from '../../../src/video/media/picture.ts'

t.setTimeout(600_000)
const videos = t.testdir()
const modes = await makeExtractionModes()

/** Size of the coded pictures, whole blocks of every codec. */
const WHOLE = { width: 336, height: 192 }
/** FFmpeg 8 rounds slightly differently from FFmpeg 5.1; a shift by one pixel is below 25 dB. */
const LEAST_PSNR = 45

/** Checks the picture of the first frame in both modes, a smaller one, and the sizes stated without decoding. */
async function checkCropping (
  t: Test,
  path: string,
  crop: CropPlan,
  { isRanged = true, truth }: { isRanged?: boolean, truth?: Picture } = {}
): Promise<void> {
  const expected = truth ?? (await readExactCrop(path, WHOLE, crop))
  const size = { width: WHOLE.width - crop.left - crop.right, height: WHOLE.height - crop.top - crop.bottom }
  for (const { name, ranged, full, describe } of modes) {
    t.match(await describe(t, path), { ...size, mode: isRanged ? 'index' : 'full' }, `${name}: described`)
    const frames = [...(isRanged ? [await ranged(t, path)] : []), await full(t, path)]
    for (const { mode, picture, source } of frames) {
      t.match(source, size, `${name}, ${mode}: the size of the video`)
      const psnr = measurePsnr(picture, expected)
      t.ok(psnr > LEAST_PSNR, `${name}, ${mode}: ${picture.width} x ${picture.height}, ${psnr.toFixed(1)} dB`)
    }
    if (isRanged) t.ok(frames[0]?.picture.data.equals(frames[1]!.picture.data), `${name}: the same in both modes`)
  }
}

const PICTURE = ['-f', 'lavfi', '-i', `testsrc2=s=${WHOLE.width}x${WHOLE.height}:r=25:d=0.2`]
const CROPS: readonly CropPlan[] = [
  { left: 2, right: 0, top: 0, bottom: 0 },
  { left: 10, right: 6, top: 2, bottom: 4 },
  { left: 34, right: 0, top: 6, bottom: 0 }
]
/** Codecs with subsampled chroma count in chroma samples: odd numbers of those. Without it, odd numbers of pixels. */
const ODD: CropPlan = { left: 3, right: 2, top: 5, bottom: 1 }

const FORMATS: Array<[codec: 'h264' | 'hevc', pixelFormat: string, crops: readonly CropPlan[]]> = [
  ['h264', 'yuv420p', CROPS],
  ['h264', 'yuv420p10le', CROPS.slice(1, 2)],
  ['h264', 'yuv422p', [{ left: 10, right: 6, top: 3, bottom: 4 }]],
  ['h264', 'yuv422p10le', [{ left: 2, right: 0, top: 1, bottom: 0 }]],
  ['h264', 'yuv444p', [ODD]],
  ['hevc', 'yuv420p', CROPS.slice(0, 2)],
  ['hevc', 'yuv420p10le', CROPS.slice(2)],
  ['hevc', 'yuv422p', [{ left: 10, right: 6, top: 3, bottom: 4 }]],
  ['hevc', 'yuv422p10le', [{ left: 2, right: 0, top: 1, bottom: 0 }]],
  ['hevc', 'yuv444p10le', [ODD]]
]

const ENCODERS = {
  h264: ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '4'],
  hevc: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'qp=4:log-level=error']
}

async function cropStream (from: string, codec: 'h264' | 'hevc', { left, right, top, bottom }: CropPlan, to: string) {
  const filter = `${codec}_metadata=crop_left=${left}:crop_right=${right}:crop_top=${top}:crop_bottom=${bottom}`
  const filters = to.endsWith('.ts') ? [`${codec}_mp4toannexb`, filter] : [filter]
  await ffmpeg(videos, '-i', from, '-c', 'copy', '-bsf:v', filters.join(','), to)
}

for (const [codec, pixelFormat, crops] of FORMATS) {
  t.test(`crops ${codec} of ${pixelFormat} to the pixel`, async (t) => {
    const whole = `${codec}-${pixelFormat}.mp4`
    await ffmpeg(videos, ...PICTURE, ...ENCODERS[codec], '-pix_fmt', pixelFormat, whole)
    for (const [place, crop] of crops.entries()) {
      const name = `${codec}-${pixelFormat}-${place}`
      await cropStream(whole, codec, crop, `${name}.mp4`)
      await t.test(JSON.stringify(crop), (t) => checkCropping(t, join(videos, `${name}.mp4`), crop))
    }
  })
}

t.test('crops the same in other containers', async (t) => {
  const crop = CROPS[1]!
  for (const codec of ['h264', 'hevc'] as const) {
    for (const [container, isRanged] of [['mkv', true], ['ts', false]] as const) {
      const name = `${codec}.${container}`
      await cropStream(`${codec}-yuv420p.mp4`, codec, crop, name)
      await t.test(name, (t) => checkCropping(t, join(videos, name), crop, { isRanged }))
    }
  }
})

t.test('scales and rotates cropped pictures without their cropped columns', async (t) => {
  const crop = { left: 34, right: 0, top: 6, bottom: 0 }
  const path = join(videos, 'rotated.mp4')
  const file = await readFile(join(videos, 'h264-yuv420p-2.mp4'))
  await writeFile(path, setDisplayMatrix(file, QUARTER_CLOCKWISE))
  const expected = await readExactCrop(path, WHOLE, crop, ['transpose=clock'])
  for (const { name, ranged, full, describe } of modes) {
    t.match(await describe(t, path), { width: 186, height: 302, rotation: 90 }, name)
    for (const extract of [ranged, full]) {
      const { picture, mode, source } = await extract(t, path)
      t.ok(measurePsnr(picture, expected) > LEAST_PSNR, `${name}, ${mode}`)
      t.match(source, { width: 186, height: 302, rotation: 90 })
      const small = await extract(t, path, { width: 93 })
      t.match(small.picture, { width: 93, height: 151 }, `${name}, ${mode}: scaled`)
    }
  }
})

t.test('takes the size of a container that lacks less than a macroblock, in both modes', async (t) => {
  const file = await readFile(join(videos, 'h264-yuv420p.mp4'))
  const entry = file.indexOf('avc1', file.indexOf('stsd')) + 28
  file.writeUInt16BE(WHOLE.width - 6, entry)
  file.writeUInt16BE(WHOLE.height - 10, entry + 2)
  const path = join(videos, 'smaller.mp4')
  await writeFile(path, file)
  await checkCropping(t, path, { left: 0, right: 6, top: 0, bottom: 10 })
})

t.test('crops Theora at odd offsets', async (t) => {
  await ffmpeg(videos, ...PICTURE, '-c:v', 'libtheora', '-q:v', '10', 'whole.ogv')
  const file = await readFile(join(videos, 'whole.ogv'))
  const path = join(videos, 'theora.ogv')
  const crop = { left: 3, right: 10, top: 4, bottom: 5 }
  await writeFile(path, cropTheora(file, crop))
  await checkCropping(t, path, crop, { isRanged: false })
})

/** Writes a picture region into the identification header (Theora specification, section 6.2), and a new checksum. */
function cropTheora (file: Buffer, { left, right, top, bottom }: CropPlan): Buffer {
  const cropped = Buffer.from(file)
  const header = cropped.indexOf('\x80theora', 0, 'latin1')
  cropped.writeUIntBE(WHOLE.width - left - right, header + 14, 3)
  cropped.writeUIntBE(WHOLE.height - top - bottom, header + 17, 3)
  cropped.writeUInt8(left, header + 20)
  cropped.writeUInt8(bottom, header + 21)
  const page = cropped.lastIndexOf('OggS', header, 'latin1')
  const segments = cropped.readUInt8(page + 26)
  const lengths = cropped.subarray(page + 27, page + 27 + segments)
  const end = page + 27 + segments + lengths.reduce((sum, length) => sum + length, 0)
  cropped.writeUInt32LE(0, page + 22)
  cropped.writeUInt32LE(sumOgg(cropped.subarray(page, end)), page + 22)
  return cropped
}

/** The checksum of an Ogg page (RFC 3533, section 6). */
function sumOgg (page: Buffer): number {
  return page.reduce((sum, byte) => {
    let rest = (sum ^ (byte << 24)) >>> 0
    for (let bit = 0; bit < 8; bit++) rest = ((rest << 1) ^ (rest >= 0x80000000 ? 0x04c11db7 : 0)) >>> 0
    return rest
  }, 0)
}
