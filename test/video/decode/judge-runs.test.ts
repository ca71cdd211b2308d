import t from 'tap'
import { DecoderCrashError, DecoderLimitError } from '../../../src/video/decode/decoder-failure.ts'
import { createJudge } from '../../../src/video/decode/judge-runs.ts'

const OWN_CRASH = new DecoderCrashError('SIGSEGV', null, { hasStarted: true })
const OWN_LIMIT = new DecoderLimitError('too much memory')
const UNSTARTED = new DecoderCrashError('SIGSEGV', null, { hasStarted: false })
const KILLED = new DecoderCrashError('SIGKILL', null, { hasStarted: true })
const NO_PROCESS = Object.assign(new Error('spawn /bin/sh EAGAIN'), { code: 'EAGAIN' })
const OVERLOADED = { code: 'overloaded', retryable: true, retryAfterSeconds: 1, rememberSeconds: undefined }

const failInTurn = (...errors: Error[]) => {
  const left = [...errors]
  return async () => {
    const error = left.shift()
    if (error !== undefined) throw error
    return 'a picture'
  }
}
const decodes = async () => 'a known picture'
const failsToo = failInTurn(...Array.from({ length: 9 }, () => KILLED))

t.test('repeats a run that said nothing about the video, once', async (t) => {
  for (const error of [OWN_CRASH, OWN_LIMIT, UNSTARTED, KILLED, NO_PROCESS]) {
    t.equal(await createJudge()(failInTurn(error), decodes), 'a picture', error.message)
  }
})

t.test('gives a verdict for two crashes or limits of the decoder, with a known picture in between', async (t) => {
  await t.rejects(createJudge()(failInTurn(OWN_CRASH, OWN_CRASH), decodes), {
    code: 'corrupt_video',
    rememberSeconds: 300
  })
  await t.rejects(createJudge()(failInTurn(OWN_CRASH, OWN_LIMIT), decodes), {
    code: 'video_limits_exceeded',
    rememberSeconds: 300
  })
})

t.test('gives none if either end could be that of the machine, or the known picture fails too', async (t) => {
  for (const [first, second] of [
    [UNSTARTED, UNSTARTED],
    [KILLED, KILLED],
    [NO_PROCESS, NO_PROCESS],
    [OWN_CRASH, KILLED],
    [KILLED, OWN_CRASH],
    [NO_PROCESS, OWN_LIMIT]
  ] as const) {
    await t.rejects(createJudge()(failInTurn(first, second), decodes), OVERLOADED, `${first.message}, ${second.message}`)
  }
  await t.rejects(createJudge()(failInTurn(OWN_CRASH, OWN_CRASH), failsToo), OVERLOADED)
  await t.rejects(createJudge()(failInTurn(OWN_LIMIT, OWN_LIMIT), failsToo), OVERLOADED)
})

t.test('lets every other error pass, at the first run and at the second', async (t) => {
  const bug = new TypeError('x is undefined')
  await t.rejects(createJudge()(failInTurn(bug), decodes), bug)
  await t.rejects(createJudge()(failInTurn(OWN_CRASH, bug), decodes), bug)
})

t.test('decodes the known picture once in five seconds, and not for a kill', async (t) => {
  let time = 0
  let proofs = 0
  const judge = createJudge(() => time)
  const prove = async () => {
    proofs++
  }
  const fail = async () => await judge(failInTurn(OWN_CRASH, OWN_CRASH), prove).catch(() => undefined)
  await judge(failInTurn(KILLED), prove)
  t.equal(proofs, 0)
  await fail()
  time = 5000
  await fail()
  t.equal(proofs, 1)
  time = 5001
  await fail()
  t.equal(proofs, 2)
})
