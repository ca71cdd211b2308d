import { readFile, readdir } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { NO_ISOLATION } from '../../src/sandbox/isolation.ts'
import { runProcess, startProcess } from '../../src/sandbox/run-process.ts'

const SHELL = '/bin/sh'
const NO_PROC = process.platform !== 'linux' && 'reads proc(5)'
const LIMITS = { cpuSeconds: 20, memoryBytes: 2 ** 31 }
const drain = async (output: AsyncIterable<unknown>) => {
  for await (const chunk of output) void chunk
}

/** Counts the running processes whose command line contains a marker. */
async function countAlive (marker: string): Promise<number> {
  let alive = 0
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) continue
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')
    if (command.includes(marker)) alive++
  }
  return alive
}

t.test('returns the exit code, the outputs and the end of stderr', async (t) => {
  let out = ''
  let extra = ''
  const lines: string[] = []
  const result = await runProcess(SHELL, ['-c', 'echo one; echo two >&3; echo oops >&2; exit 3'], {
    signal: new AbortController().signal,
    limits: LIMITS,
    isolation: NO_ISOLATION,
    directory: t.testdir(),
    outputs: [
      async (output) => {
        out = await text(output)
      },
      async (output) => {
        extra = await text(output)
      }
    ],
    onLine: (line) => lines.push(line)
  })
  t.same({ out, extra, lines }, { out: 'one\n', extra: 'two\n', lines: ['oops'] })
  t.match(result, { exitCode: 3, killedBy: null, stderrTail: 'oops\n' })
})

t.test('gives the child an empty environment and no standard input', async (t) => {
  process.env['POSTERFRAME_TEST_SECRET'] = 'hunter2'
  t.teardown(() => {
    delete process.env['POSTERFRAME_TEST_SECRET']
  })
  let out = ''
  await runProcess(SHELL, ['-c', 'tr "\\0" "\\n" < /proc/$$/environ; cat'], {
    signal: new AbortController().signal,
    limits: LIMITS,
    isolation: NO_ISOLATION,
    directory: t.testdir(),
    outputs: [
      async (output) => {
        out = await text(output)
      }
    ]
  })
  t.notMatch(out, 'hunter2')
  t.notMatch(out, 'HOME=')
})

t.test('keeps only the end of a long stderr', async (t) => {
  const { stderrTail } = await runProcess(
    SHELL,
    ['-c', 'i=0; while [ $i -lt 5000 ]; do echo "line $i" >&2; i=$((i+1)); done'],
    {
      signal: new AbortController().signal,
      limits: LIMITS,
      isolation: NO_ISOLATION,
      directory: t.testdir(),
      outputs: [drain]
    }
  )
  t.ok(stderrTail.length <= 8192)
  t.ok(stderrTail.endsWith('line 4999\n'))
})

t.test('ends the whole group when the signal aborts, and rejects only then', async (t) => {
  const controller = new AbortController()
  const marker = `99${process.pid}.5`
  const reason = new Error('enough')
  const running = runProcess(SHELL, ['-c', `sleep ${marker} & echo up; wait`], {
    signal: controller.signal,
    limits: LIMITS,
    isolation: NO_ISOLATION,
    directory: t.testdir(),
    outputs: [
      async (output) => {
        for await (const chunk of output) {
          void chunk
          controller.abort(reason)
        }
      }
    ]
  })
  await t.rejects(running, reason)
  t.equal(await countAlive(marker), 0)
})

t.test('ends the children of a killed launcher, and does not wait for them', async (t) => {
  const marker = `97${process.pid}.5`
  const result = await runProcess(SHELL, ['-c', `sleep ${marker} & kill -9 $$`], {
    signal: new AbortController().signal,
    limits: LIMITS,
    isolation: NO_ISOLATION,
    directory: t.testdir(),
    outputs: [drain]
  })
  t.equal(result.killedBy, 'SIGKILL')
  t.equal(await countAlive(marker), 0)
})

/** A command that leaves a process in a session of its own, which holds all outputs, and then runs `rest`. */
const leaveBehind = (marker: string, rest: string) => `setsid sleep ${marker} & ${rest}`

/** Kills the processes that a test left behind. */
async function killAll (marker: string): Promise<void> {
  for (const entry of await readdir('/proc')) {
    const command = /^\d+$/.test(entry) ? await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '') : ''
    if (command === `sleep\0${marker}\0`) process.kill(Number(entry), 'SIGKILL')
  }
}

t.test('a process that left the group holds neither a job nor its deadline', async (t) => {
  const marker = `96${process.pid}.5`
  t.teardown(() => killAll(marker))
  const options = { limits: LIMITS, isolation: NO_ISOLATION, directory: t.testdir(), outputs: [drain] }
  const started = 'echo up >&2; sleep 0.2'
  const result = await runProcess(SHELL, ['-c', leaveBehind(marker, `${started}; exit 0`)], {
    ...options,
    signal: new AbortController().signal
  })
  t.match(result, { exitCode: null, killedBy: 'SIGKILL', stderrTail: 'up\n' }, 'the result is that of a killed process')

  const controller = new AbortController()
  const running = runProcess(SHELL, ['-c', leaveBehind(marker, `${started}; echo up >&2; wait`)], {
    ...options,
    signal: controller.signal,
    onLine: () => controller.abort(new Error('enough'))
  })
  await t.rejects(running, { message: 'enough' })

  const worker = startProcess(SHELL, ['-c', leaveBehind(marker, started)], { ...options, onLine: () => {} })
  t.match(await worker.ended, { exitCode: 0 })
})

t.test('kills a process that does not obey SIGTERM', async (t) => {
  const controller = new AbortController()
  const marker = `98${process.pid}.5`
  const running = runProcess(SHELL, ['-c', `trap "" TERM; echo up; while :; do sleep 0.05; done; sleep ${marker}`], {
    signal: controller.signal,
    limits: LIMITS,
    isolation: NO_ISOLATION,
    directory: t.testdir(),
    outputs: [
      async (output) => {
        for await (const chunk of output) {
          void chunk
          controller.abort(new Error('enough'))
        }
      }
    ]
  })
  await t.rejects(running, { message: 'enough' })
  t.equal(await countAlive(marker), 0)
})

t.test('ends the process when a reader of its output throws, and rejects with that error', async (t) => {
  const running = runProcess(SHELL, ['-c', 'while :; do echo more; done'], {
    signal: new AbortController().signal,
    limits: LIMITS,
    isolation: NO_ISOLATION,
    directory: t.testdir(),
    outputs: [
      async (output) => {
        for await (const chunk of output) {
          void chunk
          throw new Error('too much')
        }
      }
    ]
  })
  await t.rejects(running, { message: 'too much' })
})

t.test('kills a process that polls for something that never comes', { skip: NO_PROC }, async (t) => {
  const { killedBy } = await runProcess(SHELL, ['-c', 'trap "exit 1" TERM; while :; do sleep 0.5; done'], {
    signal: new AbortController().signal,
    limits: LIMITS,
    isolation: NO_ISOLATION,
    directory: t.testdir(),
    outputs: [drain]
  })
  t.equal(killedBy, 'SIGKILL')
})

t.test('reports a missing program by its exit code', async (t) => {
  const { exitCode } = await runProcess('/no/such/program', [], {
    signal: new AbortController().signal,
    limits: LIMITS,
    isolation: NO_ISOLATION,
    directory: t.testdir(),
    outputs: [drain]
  })
  t.equal(exitCode, 127, 'as a shell reports it')
})

t.test('starts nothing once the signal has aborted', async (t) => {
  await t.rejects(
    runProcess(SHELL, ['-c', 'echo no'], {
      signal: AbortSignal.abort(new Error('late')),
      limits: LIMITS,
      isolation: NO_ISOLATION,
      directory: t.testdir(),
      outputs: [drain]
    }),
    { message: 'late' }
  )
})

t.test('ends a process that spends more CPU time than it may', async (t) => {
  const result = await runProcess(SHELL, ['-c', 'while :; do :; done'], {
    signal: new AbortController().signal,
    limits: { ...LIMITS, cpuSeconds: 1 },
    isolation: NO_ISOLATION,
    directory: t.testdir(),
    outputs: [drain]
  })
  t.match(result.killedBy, /SIGXCPU|SIGKILL/)
})

t.test('lets no process take more memory than it may', async (t) => {
  const { exitCode, stderrTail } = await runProcess(process.execPath, ['-e', ''], {
    signal: new AbortController().signal,
    limits: { ...LIMITS, memoryBytes: 64 * 2 ** 20 },
    isolation: NO_ISOLATION,
    directory: t.testdir(),
    outputs: [drain]
  })
  t.not(exitCode, 0, stderrTail.slice(0, 200))
})
