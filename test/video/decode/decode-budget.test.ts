import t from 'tap'
import { bytesPerPixel, estimatePictureMemory, fitThreads } from '../../../src/video/decode/decode-budget.ts'

t.test('knows the bytes of a pixel by the name of its format', async (t) => {
  const formats: Record<string, number> = {
    gray: 1,
    gray10le: 2,
    yuv420p: 1.5,
    yuvj420p: 1.5,
    yuv410p: 1.5,
    nv12: 1.5,
    p010le: 3,
    yuv420p10le: 3,
    uyvy422: 2,
    yuv422p: 2,
    yuv422p10be: 4,
    yuva420p: 2.5,
    rgb24: 3,
    gbrp: 3,
    gbrp12le: 6,
    yuv444p12le: 6,
    rgb48be: 6,
    bgra: 4,
    yuva444p: 4,
    yuva444p12le: 8,
    gbrap12le: 8,
    rgba64be: 8,
    gbrapf32le: 16,
    'a format of the future': 8
  }
  for (const [name, bytes] of Object.entries(formats)) t.equal(bytesPerPixel(name), bytes, name)
})

const memory = { pixels: 1000, bytesPerPixel: 1.5, heldPictures: 5 }

t.test('allows as many threads as there is memory for their pictures', async (t) => {
  const fit = (demand: object) => fitThreads({ memory, threads: 8, maxPixels: 1000, ...demand })
  t.equal(fit({}), 6, 'ten pictures')
  t.equal(fit({ threads: 4 }), 4)
  t.equal(fit({ packetCount: 3 }), 3, 'a packet has one picture')
  t.equal(fit({ memory: { ...memory, bytesPerPixel: 3 } }), 1, 'five pictures')
  t.equal(fit({ memory: { ...memory, bytesPerPixel: 3 }, packetCount: 5 }), 5)
})

t.test('rejects a decode that does not fit with one thread, with the numbers', async (t) => {
  const huge = { pixels: 33_554_432, bytesPerPixel: 6, heldPictures: 5 }
  t.throws(() => fitThreads({ memory: huge, threads: 2, maxPixels: 36e6 }, { advice: ', or another frame' }), {
    code: 'video_limits_exceeded',
    message:
      'Decoding the frame takes 960 MiB for pictures of 33,554,432 pixels with 6 bytes each, and the limit is ' +
      '549 MiB. Use a version of the video with a lower resolution, 8 bits or 4:2:0, or another frame; the operator ' +
      'sets the limit with POSTERFRAME_MAX_PIXELS.'
  })
  t.equal(fitThreads({ memory: huge, threads: 2, maxPixels: 36e6, packetCount: 2 }), 2)
})

t.test('estimates the pictures of a video by its codec and its first frame', async (t) => {
  const frame = { width: 100, height: 10, pixelFormat: 'rgba64be' }
  t.same(estimatePictureMemory('png', frame), { pixels: 1000, bytesPerPixel: 8, heldPictures: 2 })
  t.same(estimatePictureMemory('hevc', frame), { pixels: 1000, bytesPerPixel: 8, heldPictures: 5 })
})
