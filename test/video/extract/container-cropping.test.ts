// A clean aperture (`clap`) and PixelCrop do not crop, as in browsers: by both decoders, in both modes.
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { NO_ISOLATION } from '../../../src/sandbox/isolation.ts'
import { createFfmpeg } from '../../../src/video/decode/ffmpeg/ffmpeg.ts'
import { addCleanAperture, addPixelCrop } from '../../support/container-crop.ts'
import { readExactCrop } from '../../support/exact-crop.ts'
import { makeExtractionModes } from '../../support/extraction-modes.ts'
import { measurePsnr } from '../../support/psnr.ts'
import { ffmpeg, findTestFfmpeg } from '../../support/videos.ts'

t.setTimeout(240_000)
const videos = t.testdir()
const WHOLE = { width: 336, height: 192 }
const CROP = { left: 9, right: 6, top: 2, bottom: 5 }
const UNCROPPED = { left: 0, right: 0, top: 0, bottom: 0 }
/** FFmpeg 8 rounds slightly differently from FFmpeg 5.1. */
const LEAST_PSNR = 45

const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '4']
/** A Colour element in Matroska, to be replaced. */
const TAGS = [
  ...['colorspace', 'color_primaries', 'color_trc'].flatMap((name) => [`-${name}`, 'smpte170m']),
  '-color_range', 'tv'
]
const VIDEOS = {
  'clap.mp4': { args: X264, aspect: '1', crop: (file: Buffer) => addCleanAperture(file, WHOLE, CROP) },
  'crop.mkv': { args: X264, aspect: '1', crop: (file: Buffer) => addPixelCrop(file, CROP) },
  'wide.mkv': { args: X264, aspect: '2', crop: (file: Buffer) => addPixelCrop(file, CROP) },
  'crop.webm': {
    args: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '0', '-crf', '10'],
    aspect: '1',
    crop: (file: Buffer) => addPixelCrop(file, CROP)
  }
}

for (const [name, { args, aspect, crop }] of Object.entries(VIDEOS)) {
  t.test(`shows the whole coded picture: ${name}`, async (t) => {
    const picture = `testsrc2=s=${WHOLE.width}x${WHOLE.height}:r=25:d=0.2,setsar=${aspect}`
    const path = join(videos, name)
    await ffmpeg(videos, '-f', 'lavfi', '-i', picture, '-pix_fmt', 'yuv420p', ...args, ...TAGS, name)
    await writeFile(path, crop(await readFile(path)))
    const size = { width: WHOLE.width * Number(aspect), height: WHOLE.height }
    const expected = await readExactCrop(path, WHOLE, UNCROPPED)
    for (const { name, ranged, full, describe } of await makeExtractionModes()) {
      t.match(await describe(t, path), { ...size, mode: 'index' }, `${name}: described`)
      for (const extract of [ranged, full]) {
        const { picture, source, mode } = await extract(t, path)
        t.match(source, size, `${name}, ${mode}: the size of the video`)
        t.match(picture, size, `${name}, ${mode}: the size of the picture`)
        if (aspect === '1') t.ok(measurePsnr(picture, expected) > LEAST_PSNR, `${name}, ${mode}: the picture`)
      }
    }
  })
}

t.test('takes a display size of the shape of the cropped picture for that of square pixels', async (t) => {
  // 168 x 192 of 336 x 192; 161 x 184 has the same shape.
  const picture = `testsrc2=s=${WHOLE.width}x${WHOLE.height}:r=25:d=0.2,setsar=1/2`
  const path = join(videos, 'shaped.mkv')
  await ffmpeg(videos, '-f', 'lavfi', '-i', picture, '-pix_fmt', 'yuv420p', ...X264, ...TAGS, 'shaped.mkv')
  await writeFile(path, addPixelCrop(await readFile(path), { left: 100, right: 75, top: 3, bottom: 5 }))
  for (const { name, ranged, full, describe } of await makeExtractionModes()) {
    t.match(await describe(t, path), { ...WHOLE, mode: 'index' }, `${name}: described`)
    t.match((await ranged(t, path)).picture, WHOLE, `${name}, ranged`)
    // ffmpeg before 7.1 does not read PixelCrop.
    if (name === 'libav') t.match((await full(t, path)).picture, WHOLE, `${name}, full`)
  }
})

t.test('tells an ffmpeg that crops by the container not to', async (t) => {
  const program = await findTestFfmpeg()
  const directory = t.testdir({
    newer: `#!/bin/sh\n[ "$1 $2" = "-apply_cropping codec" ] || exit 1\nshift 2\nexec ${program} "$@"\n`,
    older: `#!/bin/sh\n[ "$1" = "-apply_cropping" ] && exit 1\nexec ${program} "$@"\n`
  })
  const context = { signal: new AbortController().signal, directory }
  const input = {
    path: join(videos, 'clap.mp4'),
    container: { demuxer: 'mov' },
    isProbed: true,
    threads: 1,
    maxPixels: 36e6,
    bytes: 1e5
  }
  const plan = { pts: [0], seekSeconds: undefined, keyFramesOnly: false, filters: 'format=rgb24' }
  for (const [name, cropsByContainer] of [['newer', true], ['older', false]] as const) {
    const path = join(directory, name)
    await chmod(path, 0o755)
    const decoder = createFfmpeg({ path, missing: new Set(), isolation: NO_ISOLATION, cropsByContainer })
    t.match(await decoder.inspect(input, context, 1), [WHOLE], `${name}: inspected`)
    t.match((await decoder.decode(input, plan, context)).frames, [{ picture: WHOLE }], `${name}: decoded`)
  }
})
