// HDR, fields, shape and transparency over small videos of our own, in both modes.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseTimestamp } from '../../../src/options/timestamp.ts'
import { createExtractRanged } from '../../../src/video/extract/extract-ranged.ts'
import { createFfmpeg } from '../../../src/video/decode/ffmpeg/ffmpeg.ts'
import { createExtractFull } from '../../../src/video/extract/extract-full.ts'
import { createIndexCache } from '../../../src/video/extract/index-cache.ts'
import { openIndex } from '../../../src/video/demux/open-index.ts'
import type { FrameRequest } from '../../../src/video/extract/extract-frame.ts'
import { NO_ISOLATION } from '../../../src/sandbox/isolation.ts'
import { compareColours, makePatchVideo, readPatches } from '../../support/colour-patches.ts'
import { ORIGINAL_SIZE, makeFrameSource, makeExtractContext } from '../../support/frame-source.ts'
import { ffmpeg, findTestFfmpeg } from '../../support/videos.ts'
import type { ExtractedFrame } from '../../../src/video/media/frame.ts'

t.setTimeout(240_000)
const program = await findTestFfmpeg()
const createModes = (missing?: Set<string>) => {
  const settings = {
    decoder: createFfmpeg({ path: program, missing: missing ?? new Set(), isolation: NO_ISOLATION }),
    countThreads: () => 1,
    maxPixels: 36e6
  }
  return {
    full: createExtractFull(settings),
    ranged: createExtractRanged({
      ...settings,
      indexes: createIndexCache({ maxBytes: 1e6 }),
      openIndex
    })
  }
}
const modes = createModes()
const videos = t.testdir()

const extract = async (t: Test, path: string, mode: typeof modes.ranged, request: Partial<FrameRequest> = {}) =>
  await mode(
    makeFrameSource(path),
    { timestamp: parseTimestamp('first'), ...ORIGINAL_SIZE, seek: 'exact', beyond: 'error', ...request },
    makeExtractContext(t.testdir())
  )

/** The frame, which is the same in both modes. */
async function extractBoth (t: Test, path: string, request: Partial<FrameRequest> = {}): Promise<ExtractedFrame> {
  const [ranged, full] = [await extract(t, path, modes.ranged, request), await extract(t, path, modes.full, request)]
  t.ok(ranged.picture.data.equals(full.picture.data), 'the same in both modes')
  t.same(ranged.source, full.source)
  return full
}

const X264 = ['-c:v', 'libx264', '-qp', '0', '-preset', 'ultrafast']
const HDR = (transfer: string) => [
  ...X264,
  '-colorspace',
  'bt2020nc',
  '-color_primaries',
  'bt2020',
  '-color_trc',
  transfer,
  '-color_range',
  'tv'
]
const hdrVideo = { pixelFormat: 'yuv420p10le', bits: 10, matrix: [0.2627, 0.0593] } as const

t.test('tone-maps PQ and HLG: greys as in BT.2390, colours with their hue', async (t) => {
  // Code 0.6 is 244 nits of PQ, and 102 of HLG.
  for (const [name, transfer, grey] of [
    ['pq.mp4', 'smpte2084', 238],
    ['hlg.mp4', 'arib-std-b67', 177],
    ['pq.mkv', 'smpte2084', 238]
  ] as const) {
    const frame = await extractBoth(t, await makePatchVideo(videos, name, { ...hdrVideo, args: HDR(transfer) }))
    t.ok(frame.source.hdr)
    const seen = readPatches(frame.picture)
    t.ok(
      compareColours(seen.slice(5), [
        [grey, grey, grey],
        [0, 0, 0],
        [255, 255, 255]
      ]) <= 2,
      `${name}: ${JSON.stringify(seen)}`
    )
    t.same(
      seen.slice(0, 3).map((colour) => colour.indexOf(Math.max(...colour))),
      [0, 1, 2],
      'red, green and blue'
    )
  }
})

t.test('rejects HDR if ffmpeg cannot convert it', async (t) => {
  const lacking = createModes(new Set(['haldclut']))
  for (const mode of [lacking.ranged, lacking.full]) {
    await t.rejects(extract(t, join(videos, 'pq.mp4'), mode), { code: 'unsupported_codec', detail: /haldclut/ })
  }
})

t.test('rejects Dolby Vision without a displayable base layer, in both modes', async (t) => {
  await ffmpeg(
    videos,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=64x64:r=5:d=1',
    '-c:v',
    'libx265',
    '-tag:v',
    'hvc1',
    '-x265-params',
    'log-level=none',
    'hevc.mp4'
  )
  const plain = await readFile(join(videos, 'hevc.mp4'))
  for (const [name, profile, compatibility, isRejected] of [
    ['dv5.mp4', 5, 0, true],
    ['dv8.mp4', 8, 1, false]
  ] as const) {
    await writeFile(join(videos, name), addDolbyVision(plain, profile, compatibility))
    for (const mode of [modes.ranged, modes.full]) {
      if (isRejected) {
        await t.rejects(
          extract(t, join(videos, name), mode),
          { code: 'unsupported_codec', detail: /Dolby Vision profile 5/ },
          name
        )
      } else t.equal((await extract(t, join(videos, name), mode)).picture.width, 64, name)
    }
  }
})

/** Puts a configuration into the sample entry of a file whose moov comes last, so that no offset changes. */
function addDolbyVision (file: Buffer, profile: number, compatibility: number): Buffer {
  const box = Buffer.alloc(32)
  box.writeUInt32BE(32)
  box.write('dvcC', 4, 'latin1')
  box.set([1, 0, profile << 1, 0b101, compatibility << 4], 8)
  const entry = file.indexOf('hvc1', file.indexOf('stsd')) - 4
  const end = entry + file.readUInt32BE(entry)
  const grown = Buffer.concat([file.subarray(0, end), box, file.subarray(end)])
  for (const name of ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd', 'hvc1']) {
    const at = name === 'hvc1' ? entry : file.indexOf(name, file.indexOf('moov')) - 4
    grown.writeUInt32BE(file.readUInt32BE(at) + box.length, at)
  }
  return grown
}

t.test('shows the first field of an interlaced frame', async (t) => {
  // One field is white, the other black: a frame that is shown as one field has one colour.
  for (const [first, level] of [
    ['tff', 255],
    ['bff', 0]
  ] as const) {
    const name = `fields-${first}.mp4`
    await ffmpeg(
      videos,
      '-f',
      'lavfi',
      '-i',
      'color=black:s=128x96:r=5:d=1',
      '-vf',
      `format=yuv420p,geq=lum='if(mod(Y,2),16,235)':cb=128:cr=128,setfield=${first}`,
      ...X264,
      '-flags',
      '+ilme+ildct',
      '-x264-params',
      first === 'tff' ? 'tff=1' : 'bff=1',
      name
    )
    const { picture } = await extractBoth(t, join(videos, name))
    t.ok(
      picture.data.every((value) => Math.abs(value - level) <= 1),
      `${first}: ${picture.data.subarray(0, 3).join(' ')}`
    )
    const lesser = await extract(t, join(videos, name), createModes(new Set(['estdif'])).full)
    t.ok(
      lesser.picture.data.every((value) => Math.abs(value - level) <= 1),
      'also without estdif'
    )
  }
})

t.test(
  'takes the pixel aspect of the container, or of the bitstream if the container has none',
  async (t) => {
    const source = ['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=5:d=1,setsar=1', ...X264, '-pix_fmt', 'yuv420p']
    const sar = (across: number, down: number) => ['-bsf:v', `h264_metadata=sample_aspect_ratio=${across}/${down}`]
    await ffmpeg(videos, ...source, ...sar(16, 9), 'inner.h264')
    await ffmpeg(videos, '-i', 'inner.h264', '-c', 'copy', '-aspect', '4:3', 'square-outside.mp4')
    await ffmpeg(videos, '-i', 'inner.h264', '-c', 'copy', '-aspect', '2:1', 'wide-outside.mkv')
    const silent = await readFile(join(videos, 'square-outside.mp4'))
    silent.write('free', silent.indexOf('pasp'), 'latin1')
    await writeFile(join(videos, 'silent-outside.mp4'), silent)
    for (const [name, width] of [
      ['square-outside.mp4', 320],
      ['wide-outside.mkv', 480],
      ['silent-outside.mp4', 569]
    ] as const) {
      const { source } = await extractBoth(t, join(videos, name))
      t.same([source.width, source.height], [width, 240], name)
    }
  }
)

t.test('keeps hidden colours out of a scaled picture', async (t) => {
  // Red that is seen beside green that is not.
  await ffmpeg(
    videos,
    '-f',
    'lavfi',
    '-i',
    'color=black:s=128x96:r=5:d=1',
    '-vf',
    "format=rgba,geq=r='if(lt(X,63),255,0)':g='if(lt(X,63),0,255)':b=0:a='if(lt(X,63),255,0)'",
    '-c:v',
    'png',
    'clear.mov'
  )
  const {
    picture: { data, channels }
  } = await extract(t, join(videos, 'clear.mov'), modes.full, { width: 32 })
  t.equal(channels, 4)
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3]! > 16 && data[at + 1]! > 4) t.fail(`pixel ${at / 4}: ${data.subarray(at, at + 4).join(' ')}`)
  }
  t.same([...data.subarray(0, 4)], [255, 0, 0, 255])
})
