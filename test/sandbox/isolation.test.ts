import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { findIsolation } from '../../src/sandbox/find-isolation.ts'
import { type Isolation, NO_ISOLATION } from '../../src/sandbox/isolation.ts'
import { runProcess } from '../../src/sandbox/run-process.ts'
import { OWN_LINES, type Targets, writeMaliciousFfmpeg } from '../support/malicious-ffmpeg.ts'
import { NO_BUBBLEWRAP } from '../support/bubblewrap.ts'

const LIMITS = { cpuSeconds: 20, memoryBytes: 2 ** 31 }
const signal = () => AbortSignal.timeout(60_000)
const isBash = existsSync('/bin/bash') ? false : 'needs bash'

/**
 * Sets up what an isolated program must not reach: a process with a secret in its environment, files, and a server.
 */
async function setUp (t: Test) {
  const directory = t.testdir({
    'credentials.ini': 'aws_secret_access_key = canary-key',
    scratch: { own: {}, other: { 'video.mp4': 'of another request' } },
    outside: {}
  })
  const connections: number[] = []
  const server = createServer((socket) => {
    connections.push(1)
    socket.on('error', () => {})
    socket.end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  const secret = `hunter2-${process.pid}`
  const victim = spawn('/bin/bash', ['-c', 'exec -a posterframe-canary-process sleep 600'], {
    env: { AWS_SECRET_ACCESS_KEY: secret }
  })
  t.teardown(() => victim.kill('SIGKILL'))
  await once(victim, 'spawn')
  const targets: Targets = {
    secret,
    credentialsPath: join(directory, 'credentials.ini'),
    scratchDirectory: join(directory, 'scratch'),
    outsideDirectory: join(directory, 'outside'),
    canaryPort: (server.address() as AddressInfo).port
  }
  return {
    directory,
    targets,
    victim,
    connections,
    own: join(directory, 'scratch/own'),
    program: await writeMaliciousFfmpeg(directory, '/bin/false', targets)
  }
}

async function attack (t: Test, isolation: Isolation) {
  const setting = await setUp(t)
  const video = join(setting.directory, 'scratch/other/video.mp4')
  const lines: string[] = []
  await runProcess(setting.program, ['-i', video], {
    signal: signal(),
    isolation,
    directory: setting.own,
    limits: LIMITS,
    outputs: [],
    onLine: (line) => lines.push(line)
  })
  const got = new Set(lines.flatMap((line) => /^got (\w+):/.exec(line)?.[1] ?? []))
  return { ...setting, lines, got }
}

t.test('a compromised program gets nothing in bubblewrap', { skip: NO_BUBBLEWRAP || isBash }, async (t) => {
  const isolation = await findIsolation(
    { level: 'strict', searchPath: process.env['PATH'] ?? '' },
    { directory: t.testdir(), signal: signal() }
  )
  t.equal(isolation.name, 'bubblewrap')
  const { lines, connections, victim, targets } = await attack(t, isolation)
  t.same(lines, OWN_LINES, 'no attempt, and no error')
  t.same(connections, [], 'no connection was made')
  t.same(await readdir(targets.outsideDirectory), [], 'nothing was written')
  t.equal(victim.exitCode ?? victim.signalCode, null, 'the other process is alive')
})

t.test(
  'a compromised program gets what the service has without isolation, which shows that the attempts are real',
  { skip: isBash },
  async (t) => {
    const { got, connections, targets, victim } = await attack(t, NO_ISOLATION)
    await (victim.exitCode ?? victim.signalCode ?? once(victim, 'exit'))
    t.same([...got].filter((attempt) => !['memory', 'metadata'].includes(attempt)).sort(), [
      'credentials',
      'environment',
      'loopback',
      'scratch',
      'signal',
      'write'
    ])
    t.equal(connections.length, 1)
    t.equal((await readdir(targets.outsideDirectory)).length, 1)
  }
)

t.test(
  'an isolated program has the read-only system, its directory and the files that it is given',
  { skip: NO_BUBBLEWRAP },
  async (t) => {
    const isolation = await findIsolation(
      { level: 'strict', searchPath: process.env['PATH'] ?? '' },
      { directory: t.testdir(), signal: signal() }
    )
    const directory = t.testdir({ own: {}, shown: 'shown', hidden: 'hidden' })
    const run = async (command: string, limits: object = {}) => {
      let output = ''
      const result = await runProcess('/bin/sh', ['-c', command], {
        signal: signal(),
        isolation,
        directory: join(directory, 'own'),
        readable: [join(directory, 'shown')],
        limits: { ...LIMITS, ...limits },
        outputs: [
          async (stream) => {
            output = await text(stream)
          }
        ]
      })
      return { ...result, output }
    }
    t.match(await run(`cat '${directory}/shown'`), { exitCode: 0, output: 'shown' })
    t.match(await run(`cat '${directory}/hidden'`), { exitCode: 1, output: '' })
    t.match(await run(`echo more >> '${directory}/shown'`), { exitCode: 2 })
    t.match(await run('echo mine > mine; cat mine', { fileBytes: 1024 }), { exitCode: 0, output: 'mine\n' })
    t.same(await readdir(join(directory, 'own')), ['mine'])
    t.match(await run('ls /proc /sys /home /root /etc/passwd 2>/dev/null'), { output: '' })
    t.match(await run('id -u; env'), { exitCode: 0 })
    t.match(await run('env'), { output: /^(PWD=.*\n|_=.*\n|SHLVL=.*\n|OLDPWD=.*\n)*$/ })
  }
)

t.test('limits and signals are reported as without isolation', { skip: NO_BUBBLEWRAP }, async (t) => {
  const isolation = await findIsolation(
    { level: 'strict', searchPath: process.env['PATH'] ?? '' },
    { directory: t.testdir(), signal: signal() }
  )
  const run = (command: string, limits: object = {}) =>
    runProcess('/bin/sh', ['-c', command], {
      signal: signal(),
      isolation,
      directory: t.testdir(),
      limits: { ...LIMITS, ...limits },
      outputs: []
    })
  t.match(await run('exit 3'), { exitCode: 3, killedBy: null })
  t.match(await run('kill -KILL $$'), { exitCode: null, killedBy: 'SIGKILL' })
  t.match(await run('while :; do :; done', { cpuSeconds: 1 }), { exitCode: null, killedBy: /SIGXCPU|SIGKILL/ })
  t.match(await run('head -c 100000 /dev/zero > big', { fileBytes: 4096 }), { exitCode: null, killedBy: 'SIGXFSZ' })
  t.match(await run('exit 183'), { exitCode: 183, killedBy: null }, 'a code that is not a signal stays an exit code')
})

t.test('strict rejects a machine without bubblewrap, best effort does not', async (t) => {
  const context = { directory: t.testdir({ empty: {} }), signal: signal() }
  const empty = join(context.directory, 'empty')
  await t.rejects(findIsolation({ level: 'strict', searchPath: empty }, context), {
    message: /Install the package bubblewrap/
  })
  t.equal((await findIsolation({ level: 'best-effort', searchPath: empty }, context)).name, 'none')
})

t.test('does not use a bwrap to which the kernel denies namespaces', async (t) => {
  const directory = t.testdir({})
  await writeFile(join(directory, 'bwrap'), '#!/bin/sh\necho "No permissions to create new namespace" >&2\nexit 1\n', {
    mode: 0o755
  })
  await t.rejects(findIsolation({ level: 'strict', searchPath: directory }, { directory, signal: signal() }), {
    message: /requires user namespaces/
  })
  t.equal(
    (await findIsolation({ level: 'best-effort', searchPath: directory }, { directory, signal: signal() })).name,
    'none'
  )
})
