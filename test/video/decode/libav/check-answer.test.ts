import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { NO_ISOLATION } from '../../../../src/sandbox/isolation.ts'
import { DecoderCrashError } from '../../../../src/video/decode/decoder-failure.ts'
import { checkAnswer } from '../../../../src/video/decode/libav/check-answer.ts'
import { type JobInput, type Task, writeMessage } from '../../../../src/video/decode/libav/libav-messages.ts'
import { startLibavProcess } from '../../../../src/video/decode/libav/libav-process.ts'

const input: JobInput = {
  path: '/a',
  demuxer: 'mov',
  isProbed: true,
  decoderName: undefined,
  threads: 1,
  maxPixels: 100
}
const ABOUT: Task = { kind: 'about', filters: ['scale'], decoders: ['h264'] }
const LIST: Task = { kind: 'list', input }
const INSPECT: Task = { kind: 'inspect', input, filterName: 'f', count: 1 }
const DECODE: Task = {
  kind: 'decode',
  input,
  seekSeconds: null,
  keyFramesOnly: false,
  branches: [{ pts: [0, 1], filters: 'null', filterName: 'f' }]
}
const track = { kind: 'video', codec: 'h264', width: 2, height: 2, timeBase: { numerator: 1, denominator: 25 } }
const list = { kind: 'list', tracks: [track], chosen: 0, hasAlpha: false, restarts: [] }
const picture = { branch: 0, width: 2, height: 1, channels: 3 }
const failure = { kind: 'failure', failure: 'failed', reason: 'a reason' }
const packets = (...numbers: number[]) => Buffer.from(new Float64Array(numbers).buffer)
const check = (task: Task, head: unknown, body: Buffer = Buffer.alloc(0)) =>
  checkAnswer(task, { head: JSON.parse(JSON.stringify(head)) as unknown, body })

t.test('accepts the answers of workers', async (t) => {
  const answers: Array<[Task, object, Buffer?]> = [
    [ABOUT, { kind: 'about', version: '8.1', missing: ['h264'] }],
    [LIST, { ...list, tracks: [{ ...track, span: { start: -1, end: 2.5 } }] }, packets(0, 1, 1, 188, NaN, 0, 4, -1)],
    [LIST, list, packets(-5, 2, 0, 376)],
    [LIST, list],
    [LIST, { ...list, restarts: [188, 376] }],
    [INSPECT, { kind: 'inspect', rotation: 270 }],
    [INSPECT, { kind: 'inspect', rotation: 0, dolbyVision: { profile: 8, compatibility: 1 } }],
    [DECODE, { kind: 'decode', pictures: [picture, { ...picture, channels: 4 }] }, Buffer.alloc(6 + 8)],
    [DECODE, { kind: 'decode', pictures: [] }],
    [DECODE, failure],
    [ABOUT, failure]
  ]
  for (const [task, head, body] of answers) t.match(check(task, head, body), { head }, JSON.stringify(head))
})

t.test('rejects members, numbers and lengths that no worker sends', async (t) => {
  const six = Buffer.alloc(6)
  const wrong: Array<[Task, unknown, Buffer?]> = [
    [LIST, null],
    [LIST, 'list'],
    [LIST, { ...list, kind: 'other' }],
    [INSPECT, list],
    [LIST, { ...list, more: 1 }],
    [LIST, { ...list, tracks: [{ ...track, more: 1 }] }],
    [LIST, { ...list, tracks: {} }],
    [LIST, { ...list, chosen: 1 }],
    [LIST, { ...list, chosen: -1 }],
    [LIST, { ...list, chosen: 0.5 }],
    [LIST, { ...list, restarts: [0] }],
    [LIST, { ...list, restarts: [9.5] }],
    [LIST, { ...list, restarts: [9, 9] }],
    [LIST, { ...list, restarts: Array.from({ length: 102 }, (_, place) => place + 1) }],
    [LIST, { ...list, tracks: [{ ...track, width: 2 ** 31 }] }],
    [LIST, { ...list, tracks: [{ ...track, width: -1 }] }],
    [LIST, { ...list, tracks: [{ ...track, codec: 'x'.repeat(101) }] }],
    [LIST, { ...list, tracks: [{ ...track, timeBase: { numerator: 1, denominator: NaN } }] }],
    [LIST, { ...list, tracks: [{ ...track, span: { start: 0, end: Infinity } }] }],
    [LIST, list, Buffer.alloc(23)],
    [LIST, list, packets(0.5, 1, 1, 0)],
    [LIST, list, packets(Infinity, 1, 1, 0)],
    [LIST, list, packets(0, NaN, 1, 0)],
    [LIST, list, packets(0, -1, 1, 0)],
    [LIST, list, packets(0, 1, 1, 0, 1e300, 1, 1, 0)],
    [LIST, list, packets(0, 1, 1, NaN)],
    [LIST, list, packets(0, 1, 1, 0.5)],
    [ABOUT, { kind: 'about', version: '8.1', missing: ['movie'] }],
    [ABOUT, { kind: 'about', version: 'x'.repeat(201), missing: [] }],
    [ABOUT, { kind: 'about', version: '8.1', missing: [] }, six],
    [INSPECT, { kind: 'inspect', rotation: 45 }],
    [INSPECT, { kind: 'inspect', rotation: 0, dolbyVision: { profile: 256, compatibility: 0 } }],
    [INSPECT, { kind: 'inspect', rotation: 0 }, six],
    [DECODE, { kind: 'decode', pictures: [picture] }],
    [DECODE, { kind: 'decode', pictures: [] }, six],
    [DECODE, { kind: 'decode', pictures: [{ ...picture, branch: 1 }] }, six],
    [DECODE, { kind: 'decode', pictures: [picture, picture, picture] }, Buffer.alloc(18)],
    [DECODE, { kind: 'decode', pictures: [{ ...picture, width: -2 }] }, six],
    [DECODE, { kind: 'decode', pictures: [{ ...picture, width: 65_536 }] }, Buffer.alloc(65_536 * 3)],
    [DECODE, { kind: 'decode', pictures: [{ ...picture, channels: 2 }] }, Buffer.alloc(4)],
    [LIST, { ...failure, failure: 'forbidden_bucket' }],
    [LIST, { ...failure, reason: 'x'.repeat(65_537) }],
    [LIST, failure, six]
  ]
  for (const [task, head, body] of wrong) {
    t.throws(() => check(task, head, body), RangeError, JSON.stringify(head).slice(0, 90))
  }
})

/** Starts a worker that sends `answer` for every job. */
async function startRogue (t: Test, answer: Buffer) {
  const home = t.testdir({ answer })
  const script = join(home, 'rogue.mjs')
  await writeFile(
    script,
    `import { readFileSync } from 'node:fs'
    process.stdin.once('data', () => process.stdout.write(readFileSync(${JSON.stringify(join(home, 'answer'))})))`
  )
  const isolation = { ...NO_ISOLATION, wrapCommand: () => [process.execPath, script] as const }
  const worker = startLibavProcess({ home, isolation })
  t.teardown(() => worker.end())
  return { worker, directory: home }
}

t.test('ends a worker whose message is no answer, as if it had crashed on the video', async (t) => {
  const messages = {
    'of another kind': Buffer.concat([...writeMessage({ kind: 'inspect', rotation: 0 })]),
    'not JSON': Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{')]),
    'too long': Buffer.from([0, 0, 0, 0, 0, 0, 0, 255]),
    'with a long head': Buffer.from([1, 0, 16, 0, 0, 0, 0, 0])
  }
  for (const [what, message] of Object.entries(messages)) {
    const { worker, directory } = await startRogue(t, message)
    const { signal } = new AbortController()
    const limits = { cpuSeconds: 60, memoryBytes: 2 ** 30 }
    const options = { signal, directory, limits, maxBytes: 2 ** 30, onLine: () => {} }
    const error: unknown = await worker.run(LIST, options).catch((thrown: unknown) => thrown)
    t.ok(error instanceof DecoderCrashError, `${what}: ${String(error)}`)
    t.match(error, { isOwnCrash: true, message: /^the message of a worker is no answer to its task: / })
    t.ok(worker.isGone)
  }
})
