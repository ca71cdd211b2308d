import t from 'tap'
import { DecoderLimitError } from '../../../src/video/decode/decoder-failure.ts'
import {
  explainFailure,
  packetLimitError,
  isMachineFault,
  processLimitError,
  resolutionLimitError
} from '../../../src/video/decode/decode-limits.ts'

const explain = (stderrTail: string, exitCode = 69) =>
  explainFailure({ exitCode, killedBy: null, stderrTail }, { maxPixels: 36e6 })

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
  t.match(explain('Output file #0 does not contain any stream'), { code: 'no_video_track' })
  t.match(explain('Decoder (codec none) not found for input stream #0:0'), { code: 'unsupported_codec' })
  t.match(explain('something else'), { code: 'corrupt_video', detail: undefined, cause: /exit code 69: something else/ })
})

t.test('tells the limits of the decoder and those of the machine from what is said of the video', async (t) => {
  for (const line of [
    'Error while opening decoder for input stream #0:0 : Cannot allocate memory',
    'Exiting normally, received signal 24.',
    'Received > 3 system signals, hard exiting'
  ]) {
    t.ok(explain(`one\n${line}\nlast`) instanceof DecoderLimitError, line)
  }
  for (const line of [
    'Error while opening decoder for input stream #0:0 : Resource temporarily unavailable',
    '[vf#0:0 @ 0x5] Task finished with error code: -11 (Resource temporarily unavailable)',
    'file:/scratch/video: Too many open files',
    'Exiting normally, received signal 15.'
  ]) {
    t.ok(isMachineFault({ stderrTail: line }), line)
    t.match(explain(`one\n${line}\nlast`), { name: 'DecoderCrashError', isOwnCrash: false }, line)
  }
  for (const line of [
    '    title           : Resource temporarily unavailable',
    '    comment         : Cannot allocate memory',
    'Error submitting packet to decoder: Resource temporarily unavailable'
  ]) {
    t.match(explain(line), { code: 'corrupt_video' }, line)
  }
})

t.test('does not blame the video if ffmpeg lacks what the service asked it for', async (t) => {
  t.match(explain("No such filter: 'zscale'", 8), { code: 'internal_error' })
  t.match(explain("No such filter: 'zscale'", 183), { code: 'corrupt_video' })
})

t.test('says which limit a listing or a decoder reached', async (t) => {
  t.match(packetLimitError(), { code: 'video_limits_exceeded', detail: /more than 15,000,000 packets/ })
  const cause = new Error('a worker took more than it may')
  t.match(processLimitError(cause, 300), {
    code: 'video_limits_exceeded',
    detail: /CPU time or memory/,
    cause,
    rememberSeconds: 300
  })
})
