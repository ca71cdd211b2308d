import { existsSync } from 'node:fs'
import t from 'tap'
import { findIsolation } from '../../src/sandbox/find-isolation.ts'
import { runProcess } from '../../src/sandbox/run-process.ts'
import { buildSeccompFilter } from '../../src/sandbox/system-calls.ts'
import { NO_BUBBLEWRAP } from '../support/bubblewrap.ts'

const STRUCT_BYTES = 8

t.test('every jump of the filter stays inside it, and it ends with a return', async (t) => {
  for (const architecture of ['x64', 'arm64']) {
    const filter = buildSeccompFilter(architecture)
    if (filter === undefined) throw new Error(architecture)
    const count = filter.length / STRUCT_BYTES
    t.equal(count % 1, 0)
    for (let index = 0; index < count; index++) {
      const [ifTrue, ifFalse] = filter.subarray(index * STRUCT_BYTES + 2)
      t.ok(index + 1 + Math.max(ifTrue!, ifFalse!) < count || filter.readUInt16LE(index * STRUCT_BYTES) === 6)
    }
    t.equal(filter.readUInt16LE((count - 1) * STRUCT_BYTES), 6)
  }
  t.equal(buildSeccompFilter('riscv64'), undefined)
})

const PROGRAMS: Array<[name: string, program: string, args: string[], error: RegExp]> = [
  ['a new user namespace', '/usr/bin/unshare', ['--user', '/bin/true'], /Operation not permitted/],
  ['a mount', '/usr/bin/mount', ['-t', 'tmpfs', 'none', '/usr'], /permission denied|not permitted|must be superuser/i],
  ['a socket', '/bin/bash', ['-c', ': > /dev/tcp/127.0.0.1/1'], /Operation not permitted/]
]

t.test('the kernel accepts the filter, which denies what no decoder needs', { skip: NO_BUBBLEWRAP }, async (t) => {
  const context = { directory: t.testdir(), signal: AbortSignal.timeout(60_000) }
  const isolation = await findIsolation({ level: 'strict', searchPath: process.env['PATH'] ?? '' }, context)
  for (const [name, program, args, error] of PROGRAMS) {
    if (!existsSync(program)) continue
    const { exitCode, stderrTail } = await runProcess(program, args, {
      ...context,
      isolation,
      limits: { cpuSeconds: 5, memoryBytes: 2 ** 30 },
      outputs: []
    })
    t.not(exitCode, 0, name)
    t.match(stderrTail, error, name)
  }
})

t.test('a program can still start threads', { skip: NO_BUBBLEWRAP }, async (t) => {
  const context = { directory: t.testdir(), signal: AbortSignal.timeout(60_000) }
  const isolation = await findIsolation({ level: 'strict', searchPath: process.env['PATH'] ?? '' }, context)
  const script =
    "const { Worker } = require('node:worker_threads'); new Worker('process.exit(7)', { eval: true }).on('exit', " +
      'process.exit)'
  const { exitCode } = await runProcess(process.execPath, ['-e', script], {
    ...context,
    isolation,
    limits: { cpuSeconds: 10, memoryBytes: 8 * 2 ** 30 },
    outputs: []
  })
  t.equal(exitCode, 7)
})
