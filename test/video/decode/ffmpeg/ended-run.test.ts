import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { type Isolation, NO_ISOLATION } from '../../../../src/sandbox/isolation.ts'
import { createFfmpeg } from '../../../../src/video/decode/ffmpeg/ffmpeg.ts'
import { findTestFfmpeg, H264, makeBarcodeVideo } from '../../../support/videos.ts'

const ffmpeg = await findTestFfmpeg()
const path = await makeBarcodeVideo(t.testdir(), 'good.mp4', { seconds: 1, framesPerSecond: 25, args: H264 })
const input = { path, container: { demuxer: 'mov' }, isProbed: true, threads: 1, maxPixels: 36e6, bytes: 1e5 }
const plan = { pts: [0], filters: 'format=rgb24', seekSeconds: undefined, keyFramesOnly: false }
const OVERLOADED = { code: 'overloaded', retryable: true, rememberSeconds: undefined }

/** Creates a decoder whose program or launcher is a shell script. */
async function makeDecoder (t: Test, script: string, { isLauncher = false } = {}) {
  const directory = t.testdir()
  const fake = join(directory, 'fake.sh')
  await writeFile(fake, `#!/bin/sh\n${script}\n`)
  await chmod(fake, 0o755)
  const isolation: Isolation = {
    ...NO_ISOLATION,
    wrapCommand: (command) => (isLauncher ? [fake, ...command] : command)
  }
  const decoder = createFfmpeg({ path: isLauncher ? ffmpeg : fake, missing: new Set(), isolation })
  return { decoder, context: { signal: new AbortController().signal, directory } }
}

/** Runs the real ffmpeg for the known picture, and `script` for any other file. */
const exceptKnown = (script: string) => `case "$*" in *known-picture*) exec '${ffmpeg}' "$@";; esac\n${script}`
const BANNER = "echo 'ffmpeg version 9' >&2"
const STARTED = `${BANNER}; echo 'something is said' >&2`

t.test('a launcher that fails is not the fault of the video, whatever it says or returns', async (t) => {
  for (const script of [
    "echo 'bwrap: Creating new namespace failed: Resource temporarily unavailable' >&2; exit 1",
    "echo 'sh: 1: Cannot fork' >&2; exit 2",
    "echo 'Invalid data found when processing input' >&2; exit 183",
    'kill -SEGV $$',
    'kill -ABRT $$',
    'exit 139',
    'exit 0'
  ]) {
    const { decoder, context } = await makeDecoder(t, script, { isLauncher: true })
    await t.rejects(decoder.list(input, context), OVERLOADED, script)
    await t.rejects(decoder.inspect(input, context, 1), OVERLOADED, script)
    await t.rejects(decoder.decode(input, plan, context), OVERLOADED, script)

    // It fails for a moment, and works again for the known picture.
    const recovers = `case "$*" in *known-picture*) exec "$@";; esac\n${script}`
    const other = await makeDecoder(t, recovers, { isLauncher: true })
    await t.rejects(other.decoder.inspect(input, other.context, 1), OVERLOADED, recovers)
  }
})

t.test('a launcher that fails once costs nothing but a second run', async (t) => {
  const once = 'mkdir "$(dirname "$0")/failed" 2>/dev/null && exit 1; exec "$@"'
  const { decoder, context } = await makeDecoder(t, once, { isLauncher: true })
  t.ok((await decoder.inspect(input, context, 1)).length > 0)
})

t.test('a decoder that started but lacked threads, was stopped or said nothing gives no verdict', async (t) => {
  for (const script of [
    `${BANNER}; echo 'Error while opening decoder for input stream #0:0 : Resource temporarily unavailable' >&2; exit 1`,
    `${STARTED}; echo 'Exiting normally, received signal 15.' >&2; exit 255`,
    `${STARTED}; kill -KILL $$`,
    `${BANNER}; exit 1`
  ]) {
    const { decoder, context } = await makeDecoder(t, exceptKnown(script))
    await t.rejects(decoder.inspect(input, context, 1), OVERLOADED, script)
  }
})

t.test('poison ends: the decoder dies twice by its own signal or limit, and decodes a known picture', async (t) => {
  for (const [script, code] of [
    [`${STARTED}; kill -SEGV $$`, 'corrupt_video'],
    [`${STARTED}; kill -XCPU $$`, 'video_limits_exceeded'],
    [`${STARTED}; echo 'Exiting normally, received signal 24.' >&2; exit 255`, 'video_limits_exceeded'],
    [`${STARTED}; echo 'Error: Cannot allocate memory' >&2; exit 1`, 'video_limits_exceeded']
  ] as const) {
    const { decoder, context } = await makeDecoder(t, exceptKnown(script))
    await t.rejects(decoder.inspect(input, context, 1), { code, rememberSeconds: 300 }, script)
    await t.rejects((await makeDecoder(t, script)).decoder.inspect(input, context, 1), OVERLOADED, `always ${script}`)
  }
})

t.test('what ffmpeg says about the video is a verdict at the first run', async (t) => {
  const script = `${BANNER}; echo 'moov atom not found' >&2; exit 1`
  const { decoder, context } = await makeDecoder(t, script)
  await t.rejects(decoder.inspect(input, context, 1), { code: 'corrupt_video', rememberSeconds: undefined })
})
