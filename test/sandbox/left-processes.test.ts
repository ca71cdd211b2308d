import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { findProgram } from '../../src/sandbox/find-program.ts'
import { NO_ISOLATION } from '../../src/sandbox/isolation.ts'
import { createMark } from '../../src/sandbox/left-processes.ts'
import { runProcess } from '../../src/sandbox/run-process.ts'
import { createSetpriv } from '../../src/sandbox/setpriv.ts'

const setpriv = await findProgram('setpriv', process.env['PATH'] ?? '')
const ISOLATIONS = [
  ['none', NO_ISOLATION],
  ['setpriv', setpriv === undefined ? undefined : createSetpriv(setpriv)]
] as const
const skip = process.platform !== 'linux' && 'reads proc(5)'
/** Leaves a process in a session of its own, which holds nothing of the job, and writes its id. */
const LEAVE = '(cd / && setsid sh -c \'echo $$; exec sleep 300 >/dev/null 2>&1\' </dev/null 2>/dev/null &); sleep 0.3'

/** Waits until a process has ended; a zombie has. */
async function untilEnded (pid: number): Promise<void> {
  while (isRunning(pid)) await delay(10)
}

function isRunning (pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

for (const [name, isolation] of ISOLATIONS) {
  t.test(
    `a process that left its group ends with the job: ${name}`,
    { skip: skip || (isolation === undefined && 'setpriv is not installed') },
    async (t) => {
      let output = ''
      const result = await runProcess('/bin/sh', ['-c', LEAVE], {
        signal: new AbortController().signal,
        limits: { cpuSeconds: 20, memoryBytes: 2 ** 31 },
        isolation: isolation ?? NO_ISOLATION,
        directory: t.testdir(),
        outputs: [
          async (stream) => {
            output = await text(stream)
          }
        ]
      })
      t.match(output, /^\d+\n$/, 'it ran')
      const pid = Number(output)
      t.teardown(() => isRunning(pid) && process.kill(pid, 'SIGKILL'))
      await untilEnded(pid)
      t.equal(result.killedBy, 'SIGKILL', 'and the job does not count as done')
    }
  )
}

t.test('ends only what has the mark of a job that has ended', { skip }, async (t) => {
  const [ended, running] = [createMark(), createMark()]
  if (ended === undefined || running === undefined) throw new Error('there is no mark')
  running.begin()
  const start = async (limit: number | 'unlimited') => {
    const child = spawn('/bin/sh', ['-c', `ulimit -m ${limit}; echo up; exec sleep 300`], {
      stdio: ['ignore', 'pipe', 'inherit']
    })
    t.teardown(() => child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    return child
  }
  const others = await Promise.all([start(running.kibibytes), start('unlimited'), start(2 ** 40), start(2 ** 48)])
  const left = await start(ended.kibibytes)
  const exited = once(left, 'exit')
  t.equal(ended.end(undefined), 1)
  t.same(await exited, [null, 'SIGKILL'])
  t.same(others.map(({ pid = 0 }) => isRunning(pid)), [true, true, true, true])
  t.equal(running.end(others[0].pid), 1, 'a child of the test is in the group of the test')
})
