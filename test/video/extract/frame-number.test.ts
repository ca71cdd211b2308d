import { join } from 'node:path'
import sharp from 'sharp'
import t from 'tap'
import { isPosterframeError } from '../../../src/errors.ts'
import { completeOptions, type RawThumbnailOptions } from '../../../src/options/thumbnail-options.ts'
import { makeBothDecoders } from '../../support/both-decoders.ts'
import { buildUseCases } from '../../support/several-frames.ts'
import { ffmpeg, H264, makeBarcodeVideo, readBarcode } from '../../support/videos.ts'

t.setTimeout(240_000)
const videos = t.testdir()
const signal = new AbortController().signal
const decoders = await makeBothDecoders()

type UseCases = Awaited<ReturnType<typeof buildUseCases>>

/** Makes pictures of one batch; returns of each the number in the picture, or the problem. */
async function readNumbers (
  { makeBatch, store }: UseCases,
  source: Parameters<UseCases['makeBatch']>[0]['source'],
  items: readonly RawThumbnailOptions[]
) {
  const { batch } = await makeBatch(
    { source, items: items.map((item) => completeOptions({ ...item, format: 'png' })) },
    { signal }
  )
  return await Promise.all(
    batch.thumbnails.map(async (thumbnail) => {
      if (isPosterframeError(thumbnail)) return { code: thumbnail.code, ...thumbnail.members }
      const { data, info } = await sharp(store.objects.get(`out/${thumbnail.key}`)!.data)
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true })
      return readBarcode(data, info.width, info.height)
    })
  )
}

const KINDS: Array<[name: string, args: readonly string[], mode: 'ranged' | 'full']> = [
  ['b-frames.mp4', H264, 'ranged'],
  ['without-b-frames.mov', [...H264, '-bf', '0'], 'ranged'],
  ['fragmented.mp4', [...H264, '-movflags', '+frag_keyframe+empty_moov+default_base_moof'], 'ranged'],
  ['h264.mkv', H264, 'full'],
  ['stream.ts', H264, 'full'],
  ['repeats.avi', ['-c:v', 'mpeg4', '-bf', '2', '-g', '12', '-q:v', '3'], 'full'],
  ['elementary.m2v', ['-c:v', 'mpeg2video', '-bf', '2', '-g', '12', '-q:v', '3'], 'full']
]

for (const [name, args, mode] of KINDS) {
  const made = makeBarcodeVideo(videos, name, { seconds: 2, framesPerSecond: 25, args })
  for (const { name: decoderName, decoder, skip } of decoders) {
    t.test(`${decoderName} finds frames by their number: ${name}`, { skip }, async (t) => {
      const useCases = await buildUseCases(t, decoder)
      const source = await useCases.putVideo(await made, name)
      const numbers = await readNumbers(useCases, source, [
        { timestamp: 'frame:0' },
        { timestamp: 'frame:1' },
        { timestamp: 'frame:30' },
        { timestamp: 'frame:49' },
        { timestamp: 'frame:50' },
        { timestamp: 'frame:50', beyond: 'clamp' }
      ])
      t.same(numbers, [0, 1, 30, 49, { code: 'timestamp_out_of_range', frames: 50 }, 49])
      t.equal(useCases.runs.list, mode === 'full' ? 1 : 0, 'reads the whole video at most once')
      const single = { source, options: completeOptions({ timestamp: 'frame:30', seek: 'keyframe' }) }
      const { thumbnail } = await useCases.makeThumbnail(single, { signal })
      t.equal(thumbnail.keyFrame, true)
      t.ok(thumbnail.timestamp <= 1.2)
      await t.rejects(
        useCases.makeThumbnail({ source, options: completeOptions({ timestamp: 'frame:1000' }) }, { signal }),
        { code: 'timestamp_out_of_range', members: { frames: 50 } }
      )
    })
  }
}

for (const { name: decoderName, decoder, skip } of decoders) {
  t.test(`${decoderName} counts only the frames that the edits show`, { skip }, async (t) => {
    await makeBarcodeVideo(videos, 'whole.mp4', { seconds: 2, framesPerSecond: 25, args: H264 })
    await ffmpeg(videos, '-ss', '0.6', '-i', 'whole.mp4', '-t', '0.8', '-c', 'copy', 'trimmed.mp4')
    const useCases = await buildUseCases(t, decoder)
    const source = await useCases.putVideo(join(videos, 'trimmed.mp4'), 'trimmed.mp4')
    const ends = await readNumbers(useCases, source, [{ timestamp: 'first' }, { timestamp: 'last' }])
    const [first, last] = ends as number[]
    t.equal(first, 15)
    const numbers = await readNumbers(useCases, source, [
      { timestamp: 'frame:0' },
      { timestamp: 'frame:7' },
      { timestamp: `frame:${last! - first!}` },
      { timestamp: `frame:${last! - first! + 1}` }
    ])
    t.same(numbers, [15, 22, last, { code: 'timestamp_out_of_range', frames: last! - first! + 1 }])
    t.equal(useCases.runs.list, 0, 'by ranges')
  })

  t.test(`${decoderName} downloads a video for a frame by number, and not for its other frames`, { skip }, async (t) => {
    const path = await makeBarcodeVideo(videos, 'mixed.mkv', { seconds: 2, framesPerSecond: 25, args: H264 })
    const useCases = await buildUseCases(t, decoder)
    const source = await useCases.putVideo(path, 'mixed.mkv')
    const numbers = await readNumbers(useCases, source, [{ timestamp: '1' }, { timestamp: 'frame:30' }])
    t.same(numbers, [25, 30])
    t.same(useCases.runs, { list: 1, decode: 2 })
  })
}
