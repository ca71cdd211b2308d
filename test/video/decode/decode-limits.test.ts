import t from 'tap'
import {
  explainFailure,
  packetLimitError,
  processLimitError,
  resolutionLimitError
} from '../../../src/video/decode/decode-limits.ts'

const explain = (stderrTail: string) =>
  explainFailure({ exitCode: 69, killedBy: null, mayHaveExhaustedCpu: false, stderrTail }, { maxPixels: 36e6 })

t.test('names the resolution and the limit that it exceeds', async (t) => {
  t.match(resolutionLimitError(36e6, { width: 8192, height: 4608 }), {
    code: 'video_limits_exceeded',
    detail: /^The video's resolution of 8192 x 4608 exceeds the limit of 36,000,000 pixels\. Use a smaller version/
  })
  t.match(resolutionLimitError(1000).detail, /^The video's resolution exceeds the limit of 1,000 pixels\./)
})

t.test("takes the resolution from the decoder's log", async (t) => {
  for (const line of [
    '[h264 @ 0x5] Picture size 8192x4608 exceeds specified max pixel count 36000000, see the documentation',
    '[IMGUTILS @ 0x7f] Picture size 8192x4608 is invalid',
    '[libdav1d @ 0x5] Frame size 8192x4608 exceeds limit 36000000'
  ]) {
    t.same(explain(line), resolutionLimitError(36e6, { width: 8192, height: 4608 }), line)
  }
})

t.test("maps the decoder's other failures to errors of the catalogue", async (t) => {
  t.equal(explain('Output file #0 does not contain any stream').code, 'no_video_track')
  t.equal(explain('Decoder (codec none) not found for input stream #0:0').code, 'unsupported_codec')
  t.match(explain('something else'), { code: 'corrupt_video', detail: undefined, cause: /exit code 69: something else/ })
  t.equal(explain('Cannot allocate memory').code, 'video_limits_exceeded')
})

t.test('does not blame the video if ffmpeg lacks what the service asked it for', async (t) => {
  const result = { killedBy: null, mayHaveExhaustedCpu: false, stderrTail: "No such filter: 'zscale'" }
  t.equal(explainFailure({ ...result, exitCode: 8 }, { maxPixels: 36e6 }).code, 'internal_error')
  t.equal(explainFailure({ ...result, exitCode: 183 }, { maxPixels: 36e6 }).code, 'corrupt_video')
})

t.test('says which limit a listing or a decoder reached', async (t) => {
  t.match(packetLimitError(), { code: 'video_limits_exceeded', detail: /more than 15,000,000 packets/ })
  const cause = new Error('a worker took more than it may')
  t.match(processLimitError(cause), { code: 'video_limits_exceeded', detail: /CPU time or memory/, cause })
})
