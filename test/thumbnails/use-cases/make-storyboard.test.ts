import { readdir } from 'node:fs/promises'
import sharp from 'sharp'
import t from 'tap'
import type { Test } from 'tap'
import { completeOptions } from '../../../src/options/thumbnail-options.ts'
import type { Storyboard } from '../../../src/thumbnails/storyboard.ts'
import { completeStoryboardOptions, type RawStoryboardOptions } from '../../../src/options/storyboard-options.ts'
import { buildUseCases } from '../../support/several-frames.ts'
import { makeTestDecoder } from '../../support/test-decoder.ts'
import { ffmpeg, H264, makeBarcodeVideo, readBarcode } from '../../support/videos.ts'

t.setTimeout(240_000)
const decoder = await makeTestDecoder()
const videos = t.testdir()
const signal = new AbortController().signal
const mp4 = await makeBarcodeVideo(videos, 'a.mp4', {
  seconds: 12,
  framesPerSecond: 25,
  args: [...H264, '-movflags', '+faststart']
})
// Without B-frames, whose reordering delays the start in some containers.
await makeBarcodeVideo(videos, 'plain.mp4', { seconds: 12, framesPerSecond: 25, args: [...H264, '-bf', '0'] })
await ffmpeg(videos, '-i', 'plain.mp4', '-c', 'copy', '-movflags', '+frag_keyframe+empty_moov', 'fragmented.mp4')
await ffmpeg(videos, '-i', 'plain.mp4', '-c', 'copy', 'a.mkv')
await ffmpeg(videos, '-i', 'plain.mp4', '-c', 'copy', 'a.ts')

async function make (t: Test, path: string, raw: RawStoryboardOptions = {}) {
  const useCases = await buildUseCases(t, decoder)
  const source = await useCases.putVideo(path, 'v')
  const request = async (options = raw) =>
    (await useCases.makeStoryboard({ source, options: completeStoryboardOptions(options) }, { signal })).storyboard
  return { useCases, source, request, storyboard: await request() }
}

type Made = Awaited<ReturnType<typeof make>>

const readObject = ({ useCases }: Made, key: string) => useCases.store.objects.get(`out/${key}`)!

async function cutTile (
  made: Made,
  { sheets }: Storyboard,
  { sheet, x, y, width, height }: Storyboard['tiles'][number]
): Promise<Buffer> {
  return await sharp(readObject(made, sheets[sheet]!.key).data)
    .extract({ left: x, top: y, width, height })
    .removeAlpha()
    .raw()
    .toBuffer()
}

for (const [name, workMode] of [
  ['a.mp4', 'ranged'],
  ['fragmented.mp4', 'ranged'],
  ['a.mkv', 'ranged'],
  ['a.ts', 'full']
] as const) {
  for (const mode of ['keyframe', 'exact'] as const) {
    t.test(`every tile shows the frame of its timestamp: ${name}, ${mode}`, async (t) => {
      const made = await make(t, `${videos}/${name}`, { mode, width: 320, columns: 4 })
      const { storyboard, useCases } = made
      t.equal(storyboard.work.mode, workMode)
      t.same([storyboard.tileWidth, storyboard.tileHeight, storyboard.duration], [320, 192, 12])
      t.equal(storyboard.tiles.length, 12)
      for (const tile of storyboard.tiles) {
        const grey = await sharp(await cutTile(made, storyboard, tile), {
          raw: { width: 320, height: 192, channels: 3 }
        })
          .greyscale()
          .raw()
          .toBuffer()
        t.equal(readBarcode(grey, 320, 192), Math.round(tile.timestamp * 25), `${tile.timestamp}`)
        if (mode === 'exact') t.equal(tile.timestamp % 1, 0)
        else t.equal(Math.round(tile.timestamp * 25) % 24, 0, 'a key frame')
      }
      if (workMode === 'ranged') t.equal(useCases.runs.decode, 1)
      t.same(await readdir(useCases.scratchRoot), [], 'scratch is empty')
    })
  }
}

t.test('a tile shows the same picture as a thumbnail of its timestamp', async (t) => {
  const made = await make(t, mp4, { format: 'webp', quality: 100 })
  for (const tile of made.storyboard.tiles.slice(0, 4)) {
    const { thumbnail } = await made.useCases.makeThumbnail(
      { source: made.source, options: completeOptions({ timestamp: `${tile.timestamp}`, width: 160, format: 'png' }) },
      { signal }
    )
    const truth = await sharp(readObject(made, thumbnail.key).data).removeAlpha().raw().toBuffer()
    const seen = await cutTile(made, made.storyboard, tile)
    const error = seen.reduce((sum, value, at) => sum + (value - truth[at]!) ** 2, 0) / seen.length
    t.ok(10 * Math.log10(255 ** 2 / error) >= 30, `${10 * Math.log10(255 ** 2 / error)} dB`)
  }
})

t.test('stores sheets, a WebVTT with relative URLs, one with presigned URLs, and a manifest', async (t) => {
  const made = await make(t, mp4, { columns: 5 })
  const { storyboard } = made
  const [sheet] = storyboard.sheets
  t.match(sheet, { width: 800, height: 288, key: /^thumbnails\/v\/[0-9a-f]{32}\/sheet-1\.jpg$/ })
  const folder = sheet!.key.slice(0, -'sheet-1.jpg'.length)
  t.same([storyboard.vtt.key, storyboard.manifest.key], [`${folder}signed-3600.vtt`, `${folder}storyboard.json`])
  const signed = readObject(made, storyboard.vtt.key)
  t.equal(signed.contentType, 'text/vtt; charset=utf-8')
  t.match(
    signed.data.toString(),
    `WEBVTT\n\n00:00:00.000 --> 00:00:00.960\nmemory://out/${folder}sheet-1.jpg#xywh=0,0,160,96\n`
  )
  const plain = readObject(made, `${folder}storyboard.vtt`).data.toString()
  t.equal(plain, signed.data.toString().replaceAll(`memory://out/${folder}`, ''))
  t.equal(plain.match(/ --> /g)?.length, storyboard.tiles.length)
  t.match(plain, / --> 00:00:12\.000\nsheet-1\.jpg#xywh=\d+,\d+,160,96\n$/)
  t.match(JSON.parse(readObject(made, storyboard.manifest.key).data.toString()), {
    sheets: [{ name: 'sheet-1.jpg' }],
    tiles: storyboard.tiles
  })
})

t.test('finds an earlier storyboard without reading or decoding, and signs new URLs', async (t) => {
  const { useCases, request, storyboard } = await make(t, mp4)
  useCases.runs.decode = 0
  useCases.store.calls.length = 0
  const again = await request()
  t.same({ ...again, work: 0, cached: 0, expiresAt: 0 }, { ...storyboard, work: 0, cached: 0, expiresAt: 0 })
  t.same([again.cached, again.work], [true, { mode: 'cached', bytesRead: 0, requests: 1, packetsDecoded: 0 }])
  t.same(
    useCases.store.calls.filter((call) => call.startsWith('put')),
    [`put out/${storyboard.vtt.key}`]
  )
  t.equal(
    (await request({ expires: 60 })).vtt.key,
    storyboard.vtt.key.replace('3600', '60'),
    'URLs that expire sooner do not replace others'
  )
  t.equal((await request({ regenerate: true })).cached, false)
  t.not((await request({ width: 100 })).manifest.key, storyboard.manifest.key)
  t.equal(useCases.runs.decode, 2)
})

t.test('reads little more than the key frames, and puts a hundred tiles on one sheet', async (t) => {
  await ffmpeg(
    videos,
    '-f',
    'lavfi',
    '-i',
    'testsrc2=s=320x192:r=5:d=1200',
    '-vf',
    'noise=alls=20:allf=t',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-g',
    '20',
    '-sc_threshold',
    '0',
    '-movflags',
    '+faststart',
    'long.mp4'
  )
  const { storyboard, useCases } = await make(t, `${videos}/long.mp4`)
  t.same(
    [storyboard.tiles.length, storyboard.sheets.length, useCases.runs.decode, storyboard.work.packetsDecoded],
    [100, 1, 1, 100]
  )
  t.same(
    storyboard.tiles.map(({ timestamp }) => timestamp),
    Array.from({ length: 100 }, (_, place) => place * 12)
  )
  const { bytes } = useCases.store.objects.get('videos/v')!
  t.ok(storyboard.work.bytesRead < bytes * 0.2, `${storyboard.work.bytesRead} of ${bytes} bytes`)
})

t.test('puts more than a hundred tiles on several sheets', async (t) => {
  const { storyboard, useCases } = await make(t, `${videos}/long.mp4`, { interval: '8s' })
  t.same([storyboard.tiles.length, storyboard.sheets.length, useCases.runs.decode], [150, 2, 2])
  t.same(storyboard.tiles[100], { timestamp: 800, sheet: 1, x: 0, y: 0, width: 160, height: 96 })
})

t.test('rejects too many tiles, and a source that is missing or not allowed', async (t) => {
  const useCases = await buildUseCases(t, decoder)
  const source = await useCases.putVideo(`${videos}/long.mp4`, 'v')
  await t.rejects(
    useCases.makeStoryboard({ source, options: completeStoryboardOptions({ interval: '1s' }) }, { signal }),
    { code: 'video_limits_exceeded' }
  )
  t.notOk([...useCases.store.objects.keys()].some((key) => key.startsWith('out/')), 'others get their options')
  await t.rejects(
    useCases.makeStoryboard({ source: { ...source, key: 'none' }, options: completeStoryboardOptions({}) }, { signal }),
    { code: 'source_not_found' }
  )
  await t.rejects(
    useCases.makeStoryboard(
      { source: { ...source, bucket: 'other' }, options: completeStoryboardOptions({}) },
      { signal }
    ),
    { code: 'forbidden_bucket' }
  )
})
