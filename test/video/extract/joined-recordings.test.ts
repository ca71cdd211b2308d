import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createDescribeVideo } from '../../../src/video/extract/describe-video.ts'
import { openDownloadedVideo } from '../../../src/video/extract/full-download.ts'
import { createIndexCache } from '../../../src/video/extract/index-cache.ts'
import { RangedExtractionError } from '../../../src/video/media/ranged-extraction-error.ts'
import { makeExtractContext, makeFrameSource } from '../../support/frame-source.ts'
import { extractFrom, extractFullWith, makeTwoDecoders, readFrameNumber } from '../../support/two-decoders.ts'
import { BARCODE, ffmpeg, H264 } from '../../support/videos.ts'

t.setTimeout(180_000)
const videos = t.testdir()
const decoders = await makeTwoDecoders()

/** Makes a recording with sound whose frames have the numbers from `first` on. */
async function makeRecording (
  name: string,
  { seconds, first, args }: { readonly seconds: number, readonly first: number, readonly args: readonly string[] }
): Promise<void> {
  await ffmpeg(
    videos,
    ...['-f', 'lavfi', '-i', `testsrc2=s=320x192:r=25:d=${seconds}`, '-f', 'lavfi', '-i', `sine=d=${seconds}`],
    ...['-vf', `format=yuv420p,${BARCODE.replace('floor(N/', `floor((N+${first})/`)}`, ...args, name]
  )
}

async function joinFiles (name: string, ...parts: string[]): Promise<string> {
  const path = join(videos, name)
  await writeFile(path, Buffer.concat(await Promise.all(parts.map((part) => readFile(join(videos, part))))))
  return path
}

const MPEG2 = ['-c:v', 'mpeg2video', '-bf', '2', '-g', '12', '-q:v', '3']
const KINDS = [
  ['ts', [...H264, '-c:a', 'aac']],
  ['mpg', [...MPEG2, '-c:a', 'mp2', '-f', 'vob']]
] as const

for (const [extension, args] of KINDS) {
  const [one, two, three] = ['one', 'two', 'three'].map((name) => `${name}.${extension}`) as [string, string, string]
  await makeRecording(one, { seconds: 2, first: 0, args })
  await makeRecording(two, { seconds: 3, first: 100, args })
  await makeRecording(three, { seconds: 2, first: 200, args: [...args, '-output_ts_offset', '0.7'] })
  const path = await joinFiles(`joined.${extension}`, one, two, three)

  for (const { name, decoder, skip } of decoders) {
    t.test(`shows joined recordings in the order of the file: ${extension}, ${name}`, { skip }, async (t) => {
      const extract = extractFullWith(decoder)
      const alone = await Promise.all(
        [one, two, three].map(async (part) => (await extractFrom(t, join(videos, part), 'first', extract)).source)
      )
      const lengths = alone.map(({ duration }) => duration!)
      const total = lengths.reduce((sum, length) => sum + length, 0)
      for (const [place, length] of lengths.entries()) {
        const start = lengths.slice(0, place).reduce((sum, before) => sum + before, 0)
        const begin = await extractFrom(t, join(videos, [one, two, three][place]!), 'first', extract)
        for (const offset of [0, 1.5]) {
          const frame = await extractFrom(t, path, String(start + offset + 0.03), extract)
          const right = await extractFrom(t, join(videos, [one, two, three][place]!), String(offset + 0.03), extract)
          t.equal(await readFrameNumber(frame), await readFrameNumber(right), `${offset} s into recording ${place}`)
          t.ok(
            Math.abs(frame.timestampMicros / 1e6 - start - right.timestampMicros / 1e6) < 1e-5,
            'its time goes on from the recording before'
          )
          t.equal(frame.isKey, right.isKey)
          t.ok(Math.abs(frame.source.duration! - total) < 1e-5, 'the durations add up')
        }
        t.equal(await readFrameNumber(begin), place * 100)
        t.ok(length > 1.9)
      }
      const last = await extractFrom(t, path, 'last', extract)
      t.equal(await readFrameNumber(last), 249)
      const key = await extractFrom(t, path, String(lengths[0]! + 0.2), extract, { seek: 'keyframe' })
      t.equal(await readFrameNumber(key), 100)
      const auto = await extractFrom(t, path, 'auto', extract)
      t.equal(Math.floor((await readFrameNumber(auto)) / 100), 1, 'the most representative frame is of the longest one')
    })

    t.test(`describes joined recordings: ${extension}, ${name}`, { skip }, async (t) => {
      const settings = { decoder, countThreads: () => 1, maxPixels: 36e6 }
      const describe = createDescribeVideo(
        {
          ...settings,
          indexes: createIndexCache({ maxBytes: 1e6 }),
          openIndex: async () => {
            throw new RangedExtractionError('a test')
          }
        },
        (source, context) => openDownloadedVideo(source, settings, context)
      )
      const { duration, tracks } = await describe(makeFrameSource(path), makeExtractContext(t.testdir()))
      t.ok(duration! > 6.9 && duration! < 7.2)
      for (const track of tracks) t.ok(track.duration! > 6.9 && track.duration! < 7.2, track.kind)
    })
  }
}

t.test('a clock that wraps around does not restart', async (t) => {
  const wrap = 2 ** 33 / 90_000 - 1
  await makeRecording('wrapping.ts', {
    seconds: 2,
    first: 0,
    args: [...H264, '-c:a', 'aac', '-muxdelay', '0', '-output_ts_offset', String(wrap)]
  })
  for (const { decoder, skip } of decoders) {
    if (skip !== false) continue
    const video = await openDownloadedVideo(
      makeFrameSource(join(videos, 'wrapping.ts')),
      { decoder, countThreads: () => 1, maxPixels: 36e6 },
      makeExtractContext(t.testdir())
    )
    t.equal(video.recordings.length, 1)
    t.ok(video.durationMicros < 2.1e6, `${video.durationMicros} µs`)
  }
})
